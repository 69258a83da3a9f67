#include "app/sign_in/password_sign_in.hpp"

#include "app/sign_in/holds_decode.hpp"

namespace i2i::app {

using util::ErrorCode;
using util::Result;

Result<void> pass_hold(const RunContext& context, const std::optional<Hold>& hold) {
  const auto now = context.clock.now();
  if (!hold || !is_on(*hold, now)) return {};
  if (context.try_anyway && context.try_anyway(*hold)) return {};
  return util::fail(held_back(*hold, now));
}

Result<void> password_sign_in(const RunContext& context, const AccountPaths& paths, icloud::SignIn& flow,
                              const util::Secret& password, icloud::SecondFactorPerson* person) {
  const Holds before = load_holds(paths);
  const bool region_was_told = flow.session().region_by_apple;
  const auto done = flow.with_password(password, person);
  if (done) return store_holds(paths, {});
  util::Error error = done.error();
  Holds after = load_holds(paths);  // with the note that was written before the password was sent
  const auto now = context.clock.now();
  const bool changed_mind = error.code == ErrorCode::cancelled && context.try_anyway;
  // No refusal: the next run asks the right region. Told anew, it counts as one.
  const bool learned_region =
      !region_was_told && flow.session().region_by_apple && error.code == ErrorCode::sign_in_needed;
  if (changed_mind || learned_region) {
    after.password = before.password;
  } else if (auto hold = hold_after(HoldKind::password, before.password, error, now)) {
    if (!error.retry_after) error.retry_after = std::chrono::seconds((hold->until - now) / 1000);
    after.password = std::move(hold);
  }
  I2I_TRY(store_holds(paths, after));
  return util::fail(std::move(error));
}

}  // namespace i2i::app
