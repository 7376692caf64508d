package io.sierra.server.info;

/** Text of {@code INFO}: sections of {@code name:value} lines, a blank line between sections. */
final class InfoWriter {
    private static final String LINE_END = "\r\n";

    private final StringBuilder text = new StringBuilder(4096);

    void section(String title) {
        if (!text.isEmpty()) {
            text.append(LINE_END);
        }
        text.append("# ").append(title).append(LINE_END);
    }

    void field(String name, long value) {
        text.append(name).append(':').append(value).append(LINE_END);
    }

    /** Line ends in the value become blanks: a reader takes the text apart by lines. */
    void field(String name, String value) {
        String line = value.replace('\r', ' ').replace('\n', ' ');
        text.append(name).append(':').append(line).append(LINE_END);
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
