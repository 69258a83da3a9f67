#include "app/import/stacks.hpp"

#include <algorithm>

#include "app/import/stack_wishes.hpp"
#include "i2i/ledger/placements.hpp"
#include "i2i/util/text.hpp"

namespace i2i::app {
namespace {

using ledger::StackChange;
using model::Checksum;
using util::ErrorCode;
using util::fail;
using util::Result;

bool holds_all(const std::vector<std::string>& all, const std::vector<std::string>& some) {
  return std::all_of(some.begin(), some.end(),
                     [&](const auto& id) { return std::find(all.begin(), all.end(), id) != all.end(); });
}

}  // namespace

Result<void> StackCarryOver::run() {
  ledger::Stacks stacks(ledger_);
  I2I_TRY(collect(stacks));
  return stacks.for_each_change([&](const StackChange& change) -> Result<void> {
    if (stop_.stop_requested()) return fail(ErrorCode::cancelled, "stopped while carrying over stacks");
    if (auto sent = send(change); !sent) {
      if (sent.error().code != ErrorCode::not_found) return fail(as_immich(std::move(sent).error()));
      // One of them is gone or locked by a person: said once, tried again when iCloud changes.
      std::string path;
      if (!change.wanted.empty()) {
        I2I_ASSIGN(const auto placement, ledger::Placements(ledger_).find(change.wanted.front()));
        if (placement) path = util::escape_for_terminal(placement->path);
      }
      report_.notes.push_back(
          "The stack of " + path +
          " could not be made in Immich (moved to the locked folder there?): " + sent.error().message);
    }
    return stacks.set_sent(change);
  });
}

Result<void> StackCarryOver::collect(ledger::Stacks& stacks) {
  I2I_TRY(stacks.begin());
  Bursts bursts;
  I2I_TRY(ledger::Catalogue(ledger_).for_each_asset([&](const ledger::AssetView& view) -> Result<void> {
    if (view.asset.deleted) return {};
    I2I_ASSIGN(const auto contents, present(stackable_contents(view)));
    if (contents.empty() || bursts.add(view, contents)) return {};
    return stacks.want(contents);
  }));
  for (const auto& burst : bursts.all()) I2I_TRY(stacks.want(burst));
  return {};
}

Result<std::vector<Checksum>> StackCarryOver::present(const std::vector<Checksum>& contents) {
  std::vector<Checksum> found;
  for (const auto& checksum : contents) {
    I2I_ASSIGN(const auto id, carried_.id_of(checksum));
    if (!id.empty()) found.push_back(checksum);
  }
  return found;
}

Result<std::vector<std::string>> StackCarryOver::ids_of(const std::vector<Checksum>& contents) {
  std::vector<std::string> ids;
  for (const auto& checksum : contents) {
    I2I_ASSIGN(auto id, carried_.id_of(checksum));
    if (!id.empty()) ids.push_back(std::move(id));
  }
  return ids;
}

Result<void> StackCarryOver::send(const StackChange& change) {
  if (change.wanted.size() < 2) return end(change);
  I2I_ASSIGN(auto ids, ids_of(change.wanted));
  if (ids.size() < 2) return {};
  return make(change, std::move(ids));
}

Result<void> StackCarryOver::make(const StackChange& change, std::vector<std::string> ids) {
  // What lies in the trash would hide the whole stack behind it.
  std::string stack_now;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    I2I_ASSIGN(const auto top, access_.owner().asset(ids[i]));
    if (top.trashed && i + 1 < ids.size()) continue;
    std::rotate(ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(i),
                ids.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    stack_now = top.stack_id;
    break;
  }
  if (!stack_now.empty()) {
    I2I_ASSIGN(const auto stack, access_.owner().stack(stack_now));
    const bool together = holds_all(stack.asset_ids, ids);
    // A person's own stack of the same files is as good: whichever of them is on top.
    if (together && !change.was_sent) return {};
    if (together && stack.primary_id == ids.front()) return take_out(stack.id, change.leaving);
  }
  // An edit that iCloud replaced stays behind the new one instead of standing in the timeline by itself.
  I2I_ASSIGN(const auto outdated, ids_of(change.outdated));
  ids.insert(ids.end(), outdated.begin(), outdated.end());
  I2I_ASSIGN(const auto made, access_.owner().create_stack(ids));
  ++report_.stacks;
  return take_out(made.id, change.leaving);
}

/// One file of what was a stack is left in iCloud (an edit was reverted): it comes to the top, the others stay behind
/// it.
Result<void> StackCarryOver::end(const StackChange& change) {
  I2I_ASSIGN(const auto left, ids_of(change.wanted));
  if (left.empty()) return {};
  I2I_ASSIGN(const auto asset, access_.owner().asset(left.front()));
  if (asset.stack_id.empty()) return {};  // a person undid it
  I2I_ASSIGN(const auto stack, access_.owner().stack(asset.stack_id));
  I2I_ASSIGN(const auto outdated, ids_of(change.outdated));
  if (std::find(outdated.begin(), outdated.end(), stack.primary_id) != outdated.end()) {
    I2I_TRY(access_.owner().set_stack_primary(stack.id, left.front()));
    ++report_.stacks;
  }
  return take_out(stack.id, change.leaving);
}

Result<void> StackCarryOver::take_out(const std::string& stack, const std::vector<Checksum>& contents) {
  I2I_ASSIGN(const auto ids, ids_of(contents));
  if (ids.empty()) return {};
  I2I_ASSIGN(const auto now, access_.owner().stack(stack));
  for (const auto& id : ids) {
    if (id == now.primary_id || !holds_all(now.asset_ids, {id})) continue;
    I2I_TRY(access_.owner().take_out_of_stack(stack, id));
  }
  return {};
}

}  // namespace i2i::app
