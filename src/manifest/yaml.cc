// This is the only file that includes yaml-cpp. It reads the events of the
// parser, because the library's own tree accepts duplicate keys and further
// documents.
#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <sstream>

#include "base/text.h"
#include "manifest/document.h"
#include "manifest/tree_builder.h"

namespace segue::manifest {
namespace {

int Line(const YAML::Mark& mark) { return mark.line + 1; }

Position At(const YAML::Mark& mark) { return {mark.line + 1, mark.column + 1}; }

class Handler : public YAML::EventHandler {
 public:
  explicit Handler(const std::string& file) : file_(file), builder_(file) {}

  base::Node Take() { return builder_.Take(); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) {
      throw FileError(file_, Line(mark), "a second document begins here");
    }
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    RefuseAnchor(mark, anchor);
    if (IsKey()) throw FileError(file_, Line(mark), "a key must be a text");
    builder_.Null(At(mark));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    RefuseAnchor(mark, anchor);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag,
                YAML::anchor_t anchor, const std::string& value) override {
    RefuseAnchor(mark, anchor);
    if (IsKey()) return builder_.Key(At(mark), value);
    // In the library, the tag of a plain scalar is "?" and that of a quoted one
    // is "!".
    builder_.Scalar(At(mark), value, tag != "?" && !tag.empty());
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& /*tag*/,
                       YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    RefuseAnchor(mark, anchor);
    RefuseAsKey(mark);
    builder_.StartList(At(mark));
  }
  void OnSequenceEnd() override { builder_.End(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& /*tag*/,
                  YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    RefuseAnchor(mark, anchor);
    RefuseAsKey(mark);
    builder_.StartMap(At(mark));
  }
  void OnMapEnd() override { builder_.End(); }

 private:
  bool IsKey() const { return builder_.in_map() && !builder_.has_key(); }

  // An alias can turn a small file into a huge one, and its nodes would have
  // two places.
  void RefuseAnchor(const YAML::Mark& mark, YAML::anchor_t anchor) const {
    if (anchor == 0) return;
    throw FileError(file_, Line(mark), "anchors and aliases are not supported");
  }
  void RefuseAsKey(const YAML::Mark& mark) const {
    if (IsKey()) throw FileError(file_, Line(mark), "a key must be a text");
  }

  std::string file_;
  TreeBuilder builder_;
  int documents_ = 0;
};

// The library takes some tabs for spaces, and reports others far from their
// place.
void RefuseTabs(std::string_view text, const std::string& file) {
  int line = 0;
  for (const std::string& content : base::Split(text, '\n')) {
    ++line;
    if (content.starts_with("\t") && !base::Trim(content).empty()) {
      throw FileError(file, line, "indented with a tab; YAML needs spaces");
    }
  }
}

}  // namespace

base::Node ParseYaml(std::string_view text, const std::string& file) {
  RefuseTabs(text, file);
  Handler handler(file);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(handler)) {
    }
  } catch (const YAML::Exception& error) {
    throw FileError(file, error.mark.is_null() ? 0 : Line(error.mark),
                    fmt::format("not valid YAML: {} (column {})", error.msg,
                                error.mark.column + 1));
  }
  return handler.Take();  // only comments: null
}

}  // namespace segue::manifest
