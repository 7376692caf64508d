package io.sierra.server.command;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Redis's patterns: {@code *} for any text, {@code ?} for one character, {@code [a-z]} and {@code
 * [^a-z]} for one of or none of these, a backslash before what stands for itself. Matching takes at
 * most pattern length times text length steps, whatever the pattern, and makes no object.
 */
public final class GlobPattern {
    private static final int CONTINUATION_BITS = 6;
    private static final int CONTINUATION_MASK = 0x3F;

    private final List<Element> elements;

    /** What stands for a part of the text. */
    private sealed interface Element {
        /** Any text, also none. */
        record AnyText() implements Element {}

        /** A character. */
        record One(Characters characters) implements Element {}
    }

    /** Characters, by code point. */
    private interface Characters {
        boolean contain(int codePoint);
    }

    /** From {@code first} to {@code last}, both inclusive. */
    private record Span(int first, int last) {}

    private GlobPattern(List<Element> elements) {
        this.elements = List.copyOf(elements);
    }

    /** The pattern with this text. Every text is a pattern: what is not closed ends at its end. */
    public static GlobPattern of(String pattern) {
        return new GlobPattern(new Reader(pattern.codePoints().toArray()).elements());
    }

    /** Whether all of {@code text} matches. */
    public boolean matches(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return matches(utf8, utf8.length);
    }

    /** Whether all of the first {@code length} bytes match; they are UTF-8. */
    public boolean matches(byte[] utf8, int length) {
        int element = 0;
        int position = 0;
        int star = -1;
        int starPosition = 0;
        while (position < length) {
            boolean isStar = element < elements.size() && isAnyText(element);
            if (isStar) {
                star = element++;
                starPosition = position;
            } else if (element < elements.size() && accepts(element, utf8, position, length)) {
                element++;
                position = next(utf8, position, length);
            } else if (star >= 0) {
                element = star + 1;
                starPosition = next(utf8, starPosition, length);
                position = starPosition;
            } else {
                return false;
            }
        }
        while (element < elements.size() && isAnyText(element)) {
            element++;
        }
        return element == elements.size();
    }

    private boolean isAnyText(int element) {
        return elements.get(element) instanceof Element.AnyText;
    }

    private boolean accepts(int element, byte[] utf8, int position, int length) {
        return elements.get(element) instanceof Element.One(Characters characters)
                && characters.contain(codePoint(utf8, position, length));
    }

    /** Where the character behind the one at {@code position} begins. */
    private static int next(byte[] utf8, int position, int length) {
        int next = position + 1;
        while (next < length && isContinuation(utf8[next])) {
            next++;
        }
        return next;
    }

    private static int codePoint(byte[] utf8, int position, int length) {
        int first = utf8[position];
        if (first >= 0) {
            return first;
        }
        int end = next(utf8, position, length);
        int codePoint = first & (CONTINUATION_MASK >>> (end - position - 1));
        for (int i = position + 1; i < end; i++) {
            codePoint = (codePoint << CONTINUATION_BITS) | (utf8[i] & CONTINUATION_MASK);
        }
        return codePoint;
    }

    private static boolean isContinuation(byte b) {
        return (b & ~CONTINUATION_MASK) == (byte) 0x80;
    }

    /** From the text of a pattern to its elements. */
    private static final class Reader {
        private final int[] pattern;
        private final List<Element> elements = new ArrayList<>();
        private int position;

        Reader(int[] pattern) {
            this.pattern = pattern;
        }

        List<Element> elements() {
            while (position < pattern.length) {
                int next = pattern[position++];
                switch (next) {
                    case '*' -> addAnyText();
                    case '?' -> add(_ -> true);
                    case '[' -> add(oneOf());
                    case '\\' -> add(exactly(escaped(next)));
                    default -> add(exactly(next));
                }
            }
            return elements;
        }

        private void addAnyText() {
            boolean isRepeated =
                    !elements.isEmpty() && elements.getLast() instanceof Element.AnyText;
            if (!isRepeated) {
                elements.add(new Element.AnyText());
            }
        }

        private void add(Characters characters) {
            elements.add(new Element.One(characters));
        }

        private static Characters exactly(int wanted) {
            return codePoint -> codePoint == wanted;
        }

        /** What a backslash stands in front of; at the end of the pattern the backslash itself. */
        private int escaped(int backslash) {
            return position < pattern.length ? pattern[position++] : backslash;
        }

        private Characters oneOf() {
            boolean isNegated = position < pattern.length && pattern[position] == '^';
            if (isNegated) {
                position++;
            }
            List<Span> spans = new ArrayList<>();
            while (position < pattern.length && pattern[position] != ']') {
                spans.add(span());
            }
            position++;
            return codePoint -> isIn(spans, codePoint) != isNegated;
        }

        private Span span() {
            int first = member();
            boolean isRange =
                    position + 1 < pattern.length
                            && pattern[position] == '-'
                            && pattern[position + 1] != ']';
            if (!isRange) {
                return new Span(first, first);
            }
            position++;
            int last = member();
            return new Span(Math.min(first, last), Math.max(first, last));
        }

        private int member() {
            int next = pattern[position++];
            return next == '\\' ? escaped(next) : next;
        }

        private static boolean isIn(List<Span> spans, int codePoint) {
            for (int i = 0; i < spans.size(); i++) {
                Span span = spans.get(i);
                if (span.first <= codePoint && codePoint <= span.last) {
                    return true;
                }
            }
            return false;
        }
    }
}
