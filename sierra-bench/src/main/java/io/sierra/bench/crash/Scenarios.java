package io.sierra.bench.crash;

import io.sierra.bench.crash.Scenario.Need;
import java.util.List;

/** All scenarios there are, in the order in which they are run. */
final class Scenarios {
    static final List<Scenario> ALL =
            List.of(
                    Scenario.of(
                            "kill",
                            "SIGKILL under load, during recovery and during the first start",
                            KillScenario::run),
                    Scenario.of("stop", "SIGTERM under load", StopScenarios::terminate),
                    Scenario.of(
                            "pause",
                            "SIGSTOP and SIGCONT under load",
                            StopScenarios::pause,
                            Need.LINUX),
                    Scenario.of(
                            "second-server",
                            "a second server on the same directory",
                            StopScenarios::second),
                    Scenario.of("damage", "truncated files and flipped bits", DamageScenarios::run),
                    Scenario.of(
                            "failed-sync",
                            "fdatasync fails once",
                            DiskFaultScenario::failedSync,
                            Need.LINUX,
                            Need.GCC),
                    Scenario.of(
                            "failed-write",
                            "a write to a segment fails once",
                            DiskFaultScenario::failedWrite,
                            Need.LINUX,
                            Need.GCC),
                    Scenario.of("few-files", "a small ulimit -n", LimitScenarios::run, Need.LINUX),
                    Scenario.of(
                            "full-tmpfs",
                            "a full disk, in memory",
                            DiskScenarios::fullTmpfs,
                            Need.ROOT_AND_MOUNT),
                    Scenario.of(
                            "full-ext4",
                            "a full disk, ext4",
                            DiskScenarios::fullExt4,
                            Need.LOOP_DEVICE),
                    Scenario.of(
                            "read-only",
                            "the file system turns read-only under load",
                            DiskScenarios::readOnly,
                            Need.LOOP_DEVICE));

    private Scenarios() {}
}
