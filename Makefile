# A new user needs two commands: make demo and make test. All others are for
# people who work on segue; see CONTRIBUTING.md.
SHELL := /bin/bash
JOBS ?= $(shell nproc)
# The number of tests that run at the same time. It is above the number of
# processors, because tests wait for servers and clocks more than they compute.
SLOTS ?= $(shell expr 2 \* $(JOBS))

.PHONY: help deps servers build dev sanitized demo test test-all test-versions test-drivers sweep mutants bench lint format asan tsan clang fuzz install clean
help:
	@sed -n 's/^## //p' Makefile

## make demo      install, build, and watch a migration
demo: build
	@build/release/segue demo
	@echo
	@build/release/segue demo --live

## make test      install, build, and run all tests (minutes): units and the
##                conformance suite under address+undefined, the others without
test: dev sanitized servers
	@scripts/test build/dev build/asan -- -j $(SLOTS)

## make test-all  every crash point and cell of the matrix, not a sample (long)
test-all: dev sanitized servers
	@SEGUE_TEST_ALL=1 scripts/test build/dev build/asan -- -j $(SLOTS)
	@$(MAKE) sweep SWEEP_OPTIONS="--every 3"

## make test-versions  conformance and cases on PostgreSQL 13 to 18 (long)
test-versions: dev
	@scripts/install-servers
	@cmake --build --preset dev --target segue_conformance_test segue_cases_test -- -j $(JOBS)
	@scripts/test-versions build/dev

## make sweep     every change to every object of some schemas, beside the
##                plain statements (SWEEP_OPTIONS="--all --every 3")
sweep: deps
	@cmake --preset dev >/dev/null
	@cmake --build --preset dev --target segue_sweep -- -j $(JOBS)
	@build/dev/tests/segue_sweep $(SWEEP_OPTIONS) tests/sweep/schemas/*.sql tests/realworld/schemas/*.sql

## make test-drivers  node-postgres and JDBC through a migration (fetches them)
test-drivers: dev
	@scripts/install-drivers build/drivers
	@SEGUE_TEST_DRIVERS=$(CURDIR)/build/drivers build/dev/tests/segue_drivers_test

## make mutants   break lines of the engine: do its unit tests see it?
mutants: deps
	@scripts/mutants --jobs $(JOBS)

deps:
	@scripts/install-deps

# Without the network, the tests on these versions say that they are skipped.
servers:
	@scripts/install-servers 13 18 || true

## make build     build/release/segue
build: deps
	@[ -f build/release/build.ninja ] || cmake --preset release -DSEGUE_TESTS=OFF -DSEGUE_BENCH=OFF >/dev/null
	@cmake --build --preset release -- -j $(JOBS)
	@scripts/check-hardened build/release/segue

dev: deps
	@cmake --preset dev >/dev/null
	@cmake --build --preset dev -- -j $(JOBS)

## make bench     benchmarks: ours beside raw SQL, ratios from one run
bench: deps
	@scripts/install-deps bench
	@cmake --preset release -DSEGUE_TESTS=ON -DSEGUE_BENCH=ON >/dev/null
	@cmake --build --preset release -- -j $(JOBS)
	@scripts/bench

## make lint      format, clang-tidy on what changed, floors, heavy headers
lint: deps
	@scripts/lint

## make format    rewrite the sources in the project's layout
format:
	@git ls-files '*.cc' '*.h' | xargs clang-format-14 -i

sanitized: deps
	@cmake --preset asan >/dev/null
	@cmake --build --preset asan -- -j $(JOBS)

## make asan      unit and conformance tests only, under address+undefined
asan: sanitized
	@scripts/test build/asan -- -j $(SLOTS)

## make tsan      unit, conformance and load tests under thread
tsan: deps
	@cmake --preset tsan >/dev/null
	@cmake --build --preset tsan -- -j $(JOBS)
	@scripts/test build/tsan -- -j $(SLOTS)

## make clang     everything with the other compiler
clang: deps
	@[ -f build/clang/build.ninja ] || cmake --preset clang >/dev/null
	@cmake --build --preset clang -- -j $(JOBS)

## make fuzz      random input for the node and for every reader of files,
##                FUZZ_SECONDS each (default 600)
fuzz: deps
	@[ -f build/fuzz/build.ninja ] || cmake --preset fuzz >/dev/null
	@cmake --build --preset fuzz --target segue_node_fuzz segue_files_fuzz -- -j $(JOBS)
	@mkdir -p build/fuzz/node_corpus build/fuzz/files_corpus
	build/fuzz/tests/segue_files_fuzz -max_total_time=$${FUZZ_SECONDS:-600} -max_len=8192 -rss_limit_mb=2048 -dict=tests/fuzz/files.dict build/fuzz/files_corpus tests/fuzz/files_corpus
	build/fuzz/tests/segue_node_fuzz -max_total_time=$${FUZZ_SECONDS:-600} -max_len=65536 -rss_limit_mb=2048 build/fuzz/node_corpus tests/fuzz/node_corpus

## make install   into PREFIX (default /usr/local)
install: build
	cmake --install build/release --prefix $${PREFIX:-/usr/local}

clean:
	rm -rf build
