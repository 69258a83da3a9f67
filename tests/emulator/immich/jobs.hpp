#pragma once
// What each job of the queues does.

#include "emulator/immich/queues.hpp"

namespace emulator::immich {

/// Does the job's work and queues its children.
void run_job(World& world, const Job& job);

// scan.cpp: docs/protocol/immich.md §7
void run_scan_all(World& world);
void run_crawl(World& world, const Job& job);
void run_import(World& world, const Job& job);
void run_check(World& world, const Job& job);
void run_check_assets(World& world, const Job& job);
/// Queues the two jobs of a scan.
void queue_scan(World& world, const std::string& library_id);

// extraction.cpp: §12, §13
void run_sidecar_check(World& world, const Job& job);
void run_sidecar_write(World& world, const Job& job);
void run_extract(World& world, const Job& job);

}  // namespace emulator::immich
