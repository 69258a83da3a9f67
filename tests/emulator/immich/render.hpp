#pragma once
// Objects on the wire, by version (docs/protocol/immich.md §5, §6, §10, §14-§16).

#include "emulator/immich/world.hpp"

namespace emulator::immich {

Json render_user(const User& user);
Json render_admin_user(const World& world, const User& user);
Json render_library(const Library& library);
Json render_exif(const Asset& asset);
Json render_tag(const Tag& tag);
/// The asset as in lists.
Json render_asset(const World& world, const Asset& asset);
/// The asset as GET /assets/{id} gives it: with exif, owner, people, tags and stack.
Json render_full_asset(World& world, const Asset& asset);
Json render_stack(World& world, const Stack& stack);
enum class WithAssets { no, yes };
Json render_album(World& world, const Album& album, WithAssets with_assets);

/// Shown in counts and stacks: not trashed, not offline, timeline or archive.
bool commonly_visible(const Asset& asset);

}  // namespace emulator::immich
