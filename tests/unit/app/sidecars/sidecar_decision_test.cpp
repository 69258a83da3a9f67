#include "app/sidecars/sidecar_decision.hpp"

#include "catch.hpp"
#include "i2i/util/hash.hpp"

using i2i::app::decide_sidecar;
using i2i::app::SidecarOnDisk;
using i2i::ledger::SidecarOrigin;
using i2i::ledger::SidecarRow;
using i2i::ledger::SidecarState;
using i2i::media::digest_of;
using i2i::media::Sidecar;
using i2i::media::write_sidecar;
using i2i::util::sha1;
using Action = i2i::app::SidecarDecision::Action;
using Kind = SidecarOnDisk::Kind;

namespace {

Sidecar saying(const std::string& text, const std::vector<std::string>& tags = {}) {
  Sidecar sidecar;
  sidecar.description = text;
  sidecar.tags = tags;
  return sidecar;
}

SidecarState ours(const Sidecar& said) { return {digest_of(said), sha1(write_sidecar(said)), SidecarOrigin::ours}; }
SidecarState shared(const Sidecar& said, const std::string& bytes) {
  return {digest_of(said), sha1(bytes), SidecarOrigin::shared};
}
const SidecarState kOthers{{}, {}, SidecarOrigin::others};

SidecarOnDisk file(const std::string& bytes) { return {Kind::file, bytes, false}; }
SidecarOnDisk file(const Sidecar& sidecar) { return file(write_sidecar(sidecar)); }

const Sidecar kOld = saying("old", {"tag"});
const Sidecar kNew = saying("new", {"tag"});

/// As Immich leaves ours when a person changed the description there.
std::string theirs() {
  std::string text = write_sidecar(kOld);
  text.replace(text.find("icloud2immich"), 13, "Image::ExifTool 13.59");
  for (std::size_t at = text.find("old"); at != std::string::npos; at = text.find("old")) text.replace(at, 3, "theirs");
  return text;
}
const std::string kIcloudpd = "<x:xml_doc xmlns:x=\"adobe:ns:meta/\" x:xmptk=\"icloudpd 1.27\"/>";

}  // namespace

TEST_CASE("what becomes of a sidecar") {
  struct Row {
    const char* name;
    Sidecar wanted;
    SidecarRow known;
    SidecarOnDisk disk;
    Action action;
    std::string text;
    bool replaces;
    SidecarState state;
  };
  const SidecarOnDisk absent;
  const Row rows[] = {
      {"nothing to say, nothing there", {}, {}, absent, Action::nothing, "", false, {}},
      {"the first", kNew, {}, absent, Action::write, write_sidecar(kNew), false, ours(kNew)},
      {"somebody's short form is not hidden", kNew, {}, {Kind::absent, "", true}, Action::nothing, "", false, kOthers},
      {"the short form came later than ours",
       kNew,
       {ours(kOld), {}},
       {Kind::absent, "", true},
       Action::write,
       write_sidecar(kNew),
       false,
       ours(kNew)},
      {"icloudpd's was there before", kNew, {}, file(kIcloudpd), Action::nothing, "", false, kOthers},
      {"a folder or a link of that name",
       kNew,
       {ours(kOld), {}},
       {Kind::unusable, "", false},
       Action::nothing,
       "",
       false,
       kOthers},
      {"ours, unchanged", kOld, {ours(kOld), {}}, file(kOld), Action::nothing, "", true, ours(kOld)},
      {"ours, changed in iCloud",
       kNew,
       {ours(kOld), {}},
       file(kOld),
       Action::write,
       write_sidecar(kNew),
       true,
       ours(kNew)},
      {"ours, no longer anything to say",
       {},
       {ours(kOld), {}},
       file(kOld),
       Action::write,
       write_sidecar({}),
       true,
       ours({})},
      {"ours, removed by a person, nothing to say",
       {},
       {ours(kOld), {}},
       absent,
       Action::nothing,
       "",
       false,
       ours(kOld)},
      {"died before writing", kNew, {{}, ours(kNew)}, absent, Action::write, write_sidecar(kNew), false, ours(kNew)},
      {"died after writing, before touching", kNew, {{}, ours(kNew)}, file(kNew), Action::touch, "", true, ours(kNew)},
      {"the same over an older one of ours",
       kNew,
       {ours(kOld), ours(kNew)},
       file(kNew),
       Action::touch,
       "",
       true,
       ours(kNew)},
      {"died before writing over an older one",
       kNew,
       {ours(kOld), ours(kNew)},
       file(kOld),
       Action::write,
       write_sidecar(kNew),
       true,
       ours(kNew)},
      {"died after writing, then iCloud changed again",
       kNew,
       {{}, ours(kOld)},
       file(kOld),
       Action::write,
       write_sidecar(kNew),
       true,
       ours(kNew)},
      {"changed by Immich, not in iCloud",
       kOld,
       {ours(kOld), {}},
       file(theirs()),
       Action::nothing,
       "",
       false,
       {digest_of(kOld), sha1(write_sidecar(kOld)), SidecarOrigin::shared}},
      {"changed to what is no XML",
       kNew,
       {ours(kOld), {}},
       file("<"),
       Action::nothing,
       "",
       false,
       {digest_of(kOld), sha1(write_sidecar(kOld)), SidecarOrigin::shared}},
      {"the ledger is new, the sidecar is what it would be",
       kNew,
       {},
       file(kNew),
       Action::nothing,
       "",
       false,
       ours(kNew)},
      {"nothing to say about somebody's", {}, {}, file(kIcloudpd), Action::nothing, "", false, kOthers},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    const auto decision = decide_sidecar(row.wanted, row.known, row.disk);
    CHECK(decision.action == row.action);
    if (row.action == Action::write) {
      CHECK(decision.text == row.text);
      CHECK(decision.replaces == row.replaces);
    }
    CHECK(decision.state == row.state);
  }
}

TEST_CASE("where Immich changed ours, iCloud's change replaces only the field that changed there") {
  const SidecarRow known{ours(kOld), {}};
  const auto decision = decide_sidecar(saying("old", {"another"}), known, file(theirs()));
  REQUIRE(decision.action == Action::write);
  CHECK(decision.replaces);
  CHECK(decision.state.origin == SidecarOrigin::shared);
  CHECK(decision.text.find(">theirs<") != std::string::npos);
  CHECK(decision.text.find(">another<") != std::string::npos);
  CHECK(decision.text.find(">tag<") == std::string::npos);

  INFO("and from then on, too, as long as it lives");
  const auto next = decide_sidecar(saying("newer", {"another"}), {decision.state, {}}, file(decision.text));
  REQUIRE(next.action == Action::write);
  CHECK(next.text.find(">theirs<") == std::string::npos);
  CHECK(next.text.find(">newer<") != std::string::npos);
  CHECK(next.text.find("ExifTool") != std::string::npos);
  CHECK(next.state.origin == SidecarOrigin::shared);

  INFO("nothing changed: nothing is written");
  CHECK(decide_sidecar(saying("newer", {"another"}), {next.state, {}}, file(next.text)).action == Action::nothing);
  INFO("died after writing: only the touch is left");
  const auto again = decide_sidecar(saying("newer", {"another"}), {decision.state, next.state}, file(next.text));
  CHECK(again.action == Action::touch);
  CHECK(again.state == next.state);
}

TEST_CASE("a lost ledger knows our own sidecar by its mark, and keeps what others added") {
  std::string mixed = write_sidecar(kOld);
  mixed.insert(mixed.find("</rdf:RDF>"),
               " <rdf:Description xmlns:y=\"urn:theirs\" y:Note=\"theirs\" rdf:about=\"\"/>\n");
  const auto decision = decide_sidecar(kNew, {}, file(mixed));
  REQUIRE(decision.action == Action::write);
  CHECK(decision.text.find("y:Note=\"theirs\"") != std::string::npos);
  CHECK(decision.text.find(">old<") == std::string::npos);
  CHECK(decision.text.find(">new<") != std::string::npos);
  CHECK(decision.state == shared(kNew, decision.text));
}
