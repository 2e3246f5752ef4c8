#include "tests/doubles/exposition.h"

#include <cmath>
#include <limits>
#include <regex>
#include <sstream>
#include <stdexcept>

namespace segue::test {
namespace {

[[noreturn]] void Refuse(const std::string& line, const std::string& why) {
  throw std::runtime_error("not Prometheus' text format: " + why + ": " + line);
}

double Number(const std::string& text, const std::string& line) {
  if (text == "+Inf") return std::numeric_limits<double>::infinity();
  static const std::regex form(R"(-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?)");
  if (!std::regex_match(text, form)) Refuse(line, "'" + text + "' is no value");
  return std::stod(text);
}

std::string Unescaped(const std::string& text, const std::string& line) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\\') {
      plain += text[at];
      continue;
    }
    const char next = ++at < text.size() ? text[at] : '\0';
    if (next != '\\' && next != '"' && next != 'n') Refuse(line, "an escape");
    plain += next == 'n' ? '\n' : next;
  }
  return plain;
}

MetricLabels Labels(std::string text, const std::string& line) {
  MetricLabels labels;
  static const std::regex one(
      R"lit(([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"(,|$))lit");
  std::smatch found;
  while (!text.empty()) {
    if (!std::regex_search(text, found, one,
                           std::regex_constants::match_continuous)) {
      Refuse(line, "labels");
    }
    if (!labels.emplace(found[1], Unescaped(found[2], line)).second) {
      Refuse(line, "a label twice");
    }
    text = found.suffix();
  }
  return labels;
}

}  // namespace

Exposition::Exposition(const std::string& text) {
  if (!text.empty() && text.back() != '\n') Refuse(text, "no end of line");
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.empty()) Refuse(line, "an empty line");
    line[0] == '#' ? ReadComment(line) : ReadSample(line);
  }
  CheckHistograms();
}

void Exposition::ReadComment(const std::string& line) {
  static const std::regex help(R"(# HELP ([a-z_][a-z0-9_]*) (\S.*))");
  static const std::regex type(
      R"(# TYPE ([a-z_][a-z0-9_]*) (counter|gauge|histogram))");
  std::smatch found;
  if (std::regex_match(line, found, help)) {
    if (!helps_.emplace(found[1], found[2]).second) Refuse(line, "help twice");
    return;
  }
  if (!std::regex_match(line, found, type)) Refuse(line, "a comment");
  family_ = found[1];
  if (helps_.count(family_) == 0) Refuse(line, "no HELP before it");
  if (!types_.emplace(family_, found[2]).second) Refuse(line, "type twice");
  if ((found[2] == "counter") != family_.ends_with("_total")) {
    Refuse(line, "a counter is named _total and nothing else is");
  }
}

std::string Exposition::FamilyOf(const std::string& name) const {
  const auto type = types_.find(family_);
  if (type == types_.end()) return "";
  if (type->second != "histogram") return name;
  for (const char* end : {"_bucket", "_sum", "_count"}) {
    if (name == family_ + end) return family_;
  }
  return name;
}

void Exposition::ReadSample(const std::string& line) {
  static const std::regex form(R"(([a-z_][a-z0-9_]*)(?:\{(.*)\})? (\S+))");
  std::smatch found;
  if (!std::regex_match(line, found, form)) Refuse(line, "a sample");
  const Series series{found[1], Labels(found[2], line), Number(found[3], line)};
  if (FamilyOf(series.name) != family_) {
    Refuse(line, "not below the TYPE of its family");
  }
  if (Value(series.name, series.labels)) Refuse(line, "a series twice");
  series_.push_back(series);
}

std::optional<double> Exposition::Value(const std::string& name,
                                        const MetricLabels& labels) const {
  for (const Series& series : series_) {
    if (series.name == name && series.labels == labels) return series.value;
  }
  return std::nullopt;
}

std::vector<std::string> Exposition::Active(const std::string& name,
                                            const std::string& label) const {
  std::vector<std::string> active;
  for (const Series& series : series_) {
    if (series.name != name || series.value != 1) continue;
    active.push_back(series.labels.at(label));
  }
  return active;
}

void Exposition::CheckHistograms() const {
  for (const auto& [family, type] : types_) {
    if (type != "histogram") continue;
    for (const Series& series : series_) {
      if (series.name == family + "_count") CheckBuckets(family, series);
    }
  }
}

void Exposition::CheckBuckets(const std::string& family,
                              const Series& count) const {
  double bound = -std::numeric_limits<double>::infinity();
  double below = 0;
  for (const Series& series : series_) {
    if (series.name != family + "_bucket") continue;
    MetricLabels labels = series.labels;
    const double le = Number(labels["le"], "le");
    labels.erase("le");
    if (labels != count.labels) continue;
    if (le <= bound || series.value < below) Refuse(family, "buckets");
    bound = le;
    below = series.value;
  }
  if (!std::isinf(bound) || below != count.value) Refuse(family, "+Inf");
  if (!Value(family + "_sum", count.labels)) Refuse(family, "no sum");
}

}  // namespace segue::test
