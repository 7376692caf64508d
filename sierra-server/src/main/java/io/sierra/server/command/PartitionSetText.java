package io.sierra.server.command;

import io.sierra.protocol.command.Command.PartitionSelector;
import io.sierra.protocol.command.Command.PartitionSet;
import io.sierra.protocol.id.PartitionKey;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Partitions as clients name them: {@code *}, ids and keys with commas between them, or a range of
 * ids {@code first-last}. Blanks around ids and keys are dropped.
 */
final class PartitionSetText {
    /** What is expected where a set of partitions belongs. */
    static final String FORM =
            "*, partition id or key, a comma-separated list of them or a range of ids"
                    + " (first-last)";

    private PartitionSetText() {}

    /** The set, or null if the text is none. */
    static @Nullable PartitionSet parse(byte[] text) {
        String words = new String(text, StandardCharsets.UTF_8);
        if (words.equals("*")) {
            return new PartitionSet.All();
        }
        PartitionSet some = parseList(words);
        return some == null ? parseRange(words) : some;
    }

    private static @Nullable PartitionSet parseList(String words) {
        SequencedSet<PartitionSelector> selectors = new LinkedHashSet<>();
        for (String word : words.split(",", -1)) {
            PartitionSelector selector = parseOne(word);
            if (selector == null) {
                return null;
            }
            selectors.add(selector);
        }
        return new PartitionSet.Some(List.copyOf(selectors));
    }

    private static @Nullable PartitionSelector parseOne(String word) {
        UUID key = UuidParser.parse(word.getBytes(StandardCharsets.UTF_8));
        if (key != null) {
            return new PartitionSelector.ByKey(PartitionKey.of(key));
        }
        int id = parseId(word);
        return id == UnsignedNumber.NONE ? null : new PartitionSelector.ById(id);
    }

    private static @Nullable PartitionSet parseRange(String words) {
        int hyphen = words.indexOf('-');
        if (hyphen < 0) {
            return null;
        }
        int first = parseId(words.substring(0, hyphen));
        int last = parseId(words.substring(hyphen + 1));
        boolean isRange = first != UnsignedNumber.NONE && first <= last;
        return isRange ? new PartitionSet.Span(first, last) : null;
    }

    private static int parseId(String word) {
        return UnsignedNumber.partitionId(word.strip().getBytes(StandardCharsets.UTF_8));
    }
}
