package io.sierra.server.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds what somebody probably meant to write. */
final class DidYouMean {
    /** One wrong letter in four is still recognisable. */
    private static final int LETTERS_PER_MISTAKE = 4;

    private DidYouMean() {}

    /** The known word nearest to {@code word}, unless all are too far away to be meant. */
    static Optional<String> nearest(String word, Collection<String> known) {
        return known.stream()
                .filter(candidate -> distance(word, candidate) <= tolerance(word))
                .min(Comparator.comparingInt(candidate -> distance(word, candidate)))
                .or(() -> known.stream().filter(key -> key.endsWith("." + word)).findFirst());
    }

    private static int tolerance(String word) {
        return Math.max(2, word.length() / LETTERS_PER_MISTAKE);
    }

    /** Levenshtein's distance: letters to insert, drop or replace. */
    static int distance(String from, String to) {
        int[] previous = new int[to.length() + 1];
        for (int column = 0; column <= to.length(); column++) {
            previous[column] = column;
        }
        for (int row = 1; row <= from.length(); row++) {
            int[] current = new int[to.length() + 1];
            current[0] = row;
            for (int column = 1; column <= to.length(); column++) {
                int replaced = from.charAt(row - 1) == to.charAt(column - 1) ? 0 : 1;
                int insertedOrDropped = Math.min(current[column - 1], previous[column]) + 1;
                current[column] = Math.min(previous[column - 1] + replaced, insertedOrDropped);
            }
            previous = current;
        }
        return previous[to.length()];
    }
}
