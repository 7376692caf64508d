package io.sierra.cluster;

/**
 * How the background scrub is doing.
 *
 * @param state {@code off}, {@code running}, {@code waiting}, or {@code failed} until the next pass
 * @param readBytes of the pass that is running, or of the last one
 * @param plannedBytes of that pass, as far as is known at its start
 * @param passes that have ended since the start
 * @param lastEndMillis when the last one ended, since the Unix epoch; 0 if none has
 * @param findings different ones since the start
 * @param lastFinding the newest of them, or why the last pass failed; else empty
 */
public record ScrubStatus(
        String state,
        long readBytes,
        long plannedBytes,
        long passes,
        long lastEndMillis,
        long findings,
        String lastFinding) {
    /** Of a node that does not scrub. */
    public static final ScrubStatus OFF = new ScrubStatus("off", 0, 0, 0, 0, 0, "");

    /** A pass has begun. */
    ScrubStatus begun(long planned) {
        return new ScrubStatus("running", 0, planned, passes, lastEndMillis, findings, lastFinding);
    }

    /** The pass has read so many bytes more. */
    ScrubStatus read(long lengthBytes) {
        return new ScrubStatus(
                state,
                readBytes + lengthBytes,
                plannedBytes,
                passes,
                lastEndMillis,
                findings,
                lastFinding);
    }

    /** There are so many findings by now. */
    ScrubStatus found(long count, String newest) {
        return new ScrubStatus(
                state, readBytes, plannedBytes, passes, lastEndMillis, count, newest);
    }

    /** The pass has ended. */
    ScrubStatus ended(String endState, long endMillis, String finding) {
        return new ScrubStatus(
                endState, readBytes, plannedBytes, passes + 1, endMillis, findings, finding);
    }
}
