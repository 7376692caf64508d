package io.sierra.server.config;

import java.util.Locale;

/**
 * One setting. Parsing, checking, the environment's names and the test of the example file all use
 * these records, see {@link Options}.
 *
 * @param key as in a file, groups separated by dots
 * @param defaultText what it is when nobody sets it, as one would write it
 * @param unused why it does nothing here although SierraDB's own files may have it; empty if it
 *     does something
 */
record Option<T>(String key, ValueType<T> type, String defaultText, String unused) {
    static final String ENVIRONMENT_PREFIX = "SIERRA_";

    /** For example {@code SIERRA_NETWORK_CLIENT_ADDRESS}. */
    String environmentName() {
        return ENVIRONMENT_PREFIX + key.replace('.', '_').toUpperCase(Locale.ROOT);
    }

    boolean isUsed() {
        return unused.isEmpty();
    }

    T defaultValue() {
        return type.parse(defaultText);
    }
}
