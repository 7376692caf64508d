package io.sierra.bench.crash;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Something that is done to a server, and what must hold then.
 *
 * @param description one line
 * @param needs what has to be there, or the scenario is skipped
 */
record Scenario(String name, String description, List<Need> needs, Body body) {

    /** Something of the system that not every machine has. */
    enum Need {
        LINUX("Linux") {
            @Override
            boolean isMet() {
                return System.getProperty("os.name").equals("Linux");
            }
        },
        ROOT_AND_MOUNT("root and mount") {
            @Override
            boolean isMet() {
                return Shell.isRoot() && Shell.has("mount") && Mounts.canMount();
            }
        },
        LOOP_DEVICE("a loop device and mkfs.ext4") {
            @Override
            boolean isMet() {
                return ROOT_AND_MOUNT.isMet() && Shell.has("mkfs.ext4") && Mounts.canLoop();
            }
        },
        GCC("gcc") {
            @Override
            boolean isMet() {
                return Shell.has("gcc");
            }
        };

        private final String words;

        Need(String words) {
            this.words = words;
        }

        abstract boolean isMet();
    }

    /** What it does; throws a {@link Violation} if something does not hold. */
    interface Body {
        /** Does it. */
        void run(Run run) throws IOException, InterruptedException;
    }

    static Scenario of(String name, String description, Body body, Need... needs) {
        return new Scenario(name, description, List.of(needs), body);
    }

    /** What is missing on this machine; empty if it can run. */
    List<String> missing() {
        List<String> missing = new ArrayList<>();
        for (Need need : needs) {
            if (!need.isMet()) {
                missing.add(need.words);
            }
        }
        return missing;
    }
}
