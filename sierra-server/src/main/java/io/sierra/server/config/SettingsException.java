package io.sierra.server.config;

import java.util.List;

/** Settings are wrong. Names every one of them, so that one start finds them all. */
public final class SettingsException extends Exception {
    private static final long serialVersionUID = 1L;

    /** One line for each problem. */
    SettingsException(List<String> problems) {
        super(text(problems));
    }

    private static String text(List<String> problems) {
        String head =
                problems.size() == 1
                        ? "a setting is wrong:"
                        : problems.size() + " settings are wrong:";
        return head + "\n  " + String.join("\n  ", problems);
    }
}
