package io.sierra.server.config;

/**
 * A value as somebody wrote it.
 *
 * @param origin where, for people: a file, a variable or a flag
 */
record RawValue(String text, String origin) {}
