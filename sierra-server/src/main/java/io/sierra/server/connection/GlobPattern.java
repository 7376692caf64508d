package io.sierra.server.connection;

/**
 * Redis's patterns, of which {@code *} and {@code ?} are known here. Matching takes at most pattern
 * length times text length steps, whatever the pattern.
 */
final class GlobPattern {
    private final String pattern;

    GlobPattern(String pattern) {
        this.pattern = pattern;
    }

    boolean matches(String text) {
        int p = 0;
        int t = 0;
        int star = -1;
        int starText = 0;
        while (t < text.length()) {
            char wanted = p < pattern.length() ? pattern.charAt(p) : 0;
            if (wanted == '*') {
                star = p++;
                starText = t;
            } else if (wanted == '?' || wanted == text.charAt(t)) {
                p++;
                t++;
            } else if (star >= 0) {
                p = star + 1;
                t = ++starText;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }
}
