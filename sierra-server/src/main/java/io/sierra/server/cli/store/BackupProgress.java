package io.sierra.server.cli.store;

import io.sierra.server.cli.tool.Progress;
import io.sierra.storage.backup.BackupListener;
import java.io.PrintWriter;

/** Shows how a backup or a restore gets on, and slows it down if it is to be slow. */
final class BackupProgress implements BackupListener {
    private final PrintWriter err;
    private final Progress progress;
    private final Throttle throttle;
    private long plannedBytes;
    private long readBytes;
    private long damages;

    /**
     * Prints to {@code err}.
     *
     * @param bytesPerSecond most bytes to read in a second, or {@link Throttle#FULL_SPEED}
     */
    BackupProgress(PrintWriter err, long bytesPerSecond) {
        this.err = err;
        this.progress = Progress.on(err, Progress.Unit.BYTES);
        this.throttle = new Throttle(bytesPerSecond);
    }

    @Override
    public void planned(long lengthBytes) {
        plannedBytes = lengthBytes;
    }

    @Override
    public void read(long lengthBytes) {
        readBytes += lengthBytes;
        progress.update(readBytes, plannedBytes == 0 ? Double.NaN : fraction());
        throttle.await(readBytes, progress.seconds());
    }

    private double fraction() {
        return Math.min(1, (double) readBytes / plannedBytes);
    }

    @Override
    public void damaged(String problem) {
        damages++;
        progress.clear();
        err.println("damaged: " + problem);
        err.flush();
    }

    /** How much was found damaged. */
    long damages() {
        return damages;
    }

    /** Removes what is drawn anew, and gives the time since the start. */
    double end() {
        progress.clear();
        return progress.seconds();
    }
}
