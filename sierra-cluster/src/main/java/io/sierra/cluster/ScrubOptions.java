package io.sierra.cluster;

import java.time.Duration;

/**
 * How sealed segments are read again and again to find rot.
 *
 * @param bytesPerSecond most to read; 0 to read nothing
 * @param interval from the end of one pass to the beginning of the next
 */
public record ScrubOptions(long bytesPerSecond, Duration interval) {
    public ScrubOptions {
        if (bytesPerSecond < 0 || interval.isNegative() || interval.isZero()) {
            throw new IllegalArgumentException(
                    "%d bytes per second every %s".formatted(bytesPerSecond, interval));
        }
    }
}
