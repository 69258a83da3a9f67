#include "app/catalogue/ledger_sink.hpp"

#include <utility>

namespace i2i::app {
namespace {

using util::Result;

constexpr std::size_t kGroupRecords = 10'000;  // some fifty pages

}  // namespace

Result<void> LedgerSink::begin_listing(const model::ZoneId& zone) {
  I2I_TRY(commit());
  listing_ = true;
  return catalogue_.begin_listing(zone);
}

Result<void> LedgerSink::put_listed(const model::ZoneId& zone, const std::vector<model::Record>& records) {
  I2I_TRY(join_group(records.size()));
  return add(catalogue_.put_listed(zone, records));
}

Result<void> LedgerSink::finish_listing(const model::ZoneId& zone, const std::string& token, icloud::Unshown unshown) {
  I2I_TRY(commit());
  listing_ = false;
  const auto rows = unshown == icloud::Unshown::stay ? ledger::Unshown::stay : ledger::Unshown::forget;
  return add(catalogue_.finish_listing(zone, token, rows));
}

Result<icloud::Shown> LedgerSink::shown(const model::ZoneId& zone) {
  I2I_ASSIGN(const auto counts, catalogue_.shown(zone));
  return icloud::Shown{counts.assets - counts.hidden - counts.deleted, counts.hidden, counts.deleted};
}

Result<void> LedgerSink::put_changes(const model::ZoneId& zone, const std::vector<model::Record>& records,
                                     const std::string& token) {
  // Outside a listing the page and its token are one transaction, durable before the next page is asked for.
  if (listing_) I2I_TRY(join_group(records.size()));
  return add(catalogue_.put_changes(zone, records, token));
}

Result<bool> LedgerSink::is_listed_asset(const model::ZoneId& zone, const std::string& name) {
  return catalogue_.is_listed_asset(zone, name);
}

Result<void> LedgerSink::commit() {
  if (!group_) return {};
  auto committed = group_->commit();
  group_.reset();
  in_group_ = 0;
  return committed;
}

Result<void> LedgerSink::join_group(std::size_t records) {
  if (in_group_ >= kGroupRecords) I2I_TRY(commit());
  in_group_ += records;
  if (group_) return {};
  I2I_ASSIGN(auto transaction, ledger::Transaction::begin_whole(ledger_));
  group_.emplace(std::move(transaction));
  return {};
}

Result<void> LedgerSink::add(Result<ledger::Applied> page) {
  if (!page) return util::fail(std::move(page).error());
  applied_.added += page->added;
  applied_.changed += page->changed;
  applied_.deleted += page->deleted;
  return {};
}

}  // namespace i2i::app
