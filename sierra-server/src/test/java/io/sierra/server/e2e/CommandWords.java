package io.sierra.server.e2e;

import java.util.ArrayList;
import java.util.List;

/** Splits a line into arguments as {@code redis-cli} does. */
final class CommandWords {
    private final String line;
    private final List<String> words = new ArrayList<>();
    private int position;

    private CommandWords(String line) {
        this.line = line;
    }

    /** The arguments of a line. */
    static String[] of(String line) {
        CommandWords words = new CommandWords(line.strip());
        while (words.position < words.line.length()) {
            words.next();
        }
        return words.words.toArray(new String[0]);
    }

    private void next() {
        char first = line.charAt(position);
        if (first == ' ') {
            position++;
        } else if (first == '\'' || first == '"') {
            words.add(quoted(first));
        } else {
            int end = line.indexOf(' ', position);
            end = end < 0 ? line.length() : end;
            words.add(line.substring(position, end));
            position = end;
        }
    }

    /** Only the quote and the backslash are escaped in what the tests use. */
    private String quoted(char quote) {
        StringBuilder word = new StringBuilder();
        for (position++; line.charAt(position) != quote; position++) {
            if (line.charAt(position) == '\\') {
                position++;
            }
            word.append(line.charAt(position));
        }
        position++;
        return word.toString();
    }
}
