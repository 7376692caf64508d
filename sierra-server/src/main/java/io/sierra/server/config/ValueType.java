package io.sierra.server.config;

/**
 * What values an option takes. All sources deliver text, so that a value means the same in a file,
 * in the environment and on the command line.
 */
interface ValueType<T> {

    /**
     * The value that the text stands for.
     *
     * @throws IllegalArgumentException if it is none of those allowed
     */
    T parse(String text);

    /** The values that are allowed, with their unit, to follow the words "must be". */
    String allowed();
}
