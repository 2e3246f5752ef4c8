# Writes the source of segue::cli::Commit, if the commit is another one than in
# the last build. It is empty for a source tree without a repository.
#   cmake -D SOURCE=dir -D OUT=file -P commit.cmake
set(commit "")
if(EXISTS ${SOURCE}/.git)
  execute_process(COMMAND git -C ${SOURCE} rev-parse --short=12 HEAD
                  OUTPUT_VARIABLE commit ERROR_QUIET
                  OUTPUT_STRIP_TRAILING_WHITESPACE)
  execute_process(COMMAND git -C ${SOURCE} diff --quiet HEAD
                  RESULT_VARIABLE changed OUTPUT_QUIET ERROR_QUIET)
  if(commit AND changed)
    string(APPEND commit ", changed")
  endif()
endif()
set(text "#include \"cli/commit.h\"

namespace segue::cli {

std::string_view Commit() { return \"${commit}\"; }

}  // namespace segue::cli
")
set(former "")
if(EXISTS ${OUT})
  file(READ ${OUT} former)
endif()
if(NOT text STREQUAL former)
  file(WRITE ${OUT} "${text}")
endif()
