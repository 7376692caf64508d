package io.sierra.storage.index;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where the index files of a bucket are. */
final class IndexPaths {
    static final String TEMPORARY_SUFFIX = ".tmp";

    private static final int SEGMENT_DIGITS = 10;
    private static final Pattern RUN_NAME = Pattern.compile("(\\d{10})-(\\d{10})");

    private IndexPaths() {}

    /** Directory of the index of one segment, or of a run of several. */
    static String directory(String bucketDirectory, int firstSegment, int lastSegment) {
        return firstSegment == lastSegment
                ? bucketDirectory + "/segments/" + tenDigits(firstSegment)
                : runs(bucketDirectory) + "/" + runName(firstSegment, lastSegment);
    }

    /** Directory that holds the runs. */
    static String runs(String bucketDirectory) {
        return bucketDirectory + "/runs";
    }

    static String runName(int firstSegment, int lastSegment) {
        return tenDigits(firstSegment) + "-" + tenDigits(lastSegment);
    }

    /** The segments that the name of a run's directory tells, if it is one. */
    static Optional<SegmentRange> parseRunName(String name) {
        Matcher matcher = RUN_NAME.matcher(name);
        if (!matcher.matches()) return Optional.empty();
        long first = Long.parseLong(matcher.group(1));
        long last = Long.parseLong(matcher.group(2));
        if (first >= last || last > Integer.MAX_VALUE) return Optional.empty();
        return Optional.of(new SegmentRange((int) first, (int) last));
    }

    private static String tenDigits(int number) {
        String digits = Integer.toString(number);
        return "0".repeat(SEGMENT_DIGITS - digits.length()) + digits;
    }
}
