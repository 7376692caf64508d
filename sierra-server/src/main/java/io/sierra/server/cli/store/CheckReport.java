package io.sierra.server.cli.store;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.sierra.server.cli.tool.Progress;
import io.sierra.storage.check.CheckCounts;
import io.sierra.storage.check.CheckListener;
import io.sierra.storage.check.Finding;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Prints what a check finds, and how it gets on, for people or for programs. */
final class CheckReport implements CheckListener {
    /** Whoever has more of them is helped by the number alone. */
    private static final int MAX_FINDINGS = 10_000;

    private static final ObjectMapper JSON =
            JsonMapper.builder()
                    .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                    .build();

    private final PrintWriter out;
    private final Progress progress;
    private final boolean json;
    private final long plannedBytes;
    private final Throttle throttle;
    private final List<Finding> findings = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private long findingCount;
    private long readBytes;

    /**
     * Prints findings to {@code out} and progress to {@code err}.
     *
     * @param bytesPerSecond most bytes to read in a second, or {@link Throttle#FULL_SPEED}
     */
    CheckReport(
            PrintWriter out,
            PrintWriter err,
            boolean json,
            long plannedBytes,
            long bytesPerSecond) {
        this.out = out;
        this.progress = Progress.on(err, Progress.Unit.BYTES);
        this.json = json;
        this.plannedBytes = plannedBytes;
        this.throttle = new Throttle(bytesPerSecond);
    }

    @Override
    public void read(long lengthBytes) {
        long read;
        double seconds;
        synchronized (this) {
            readBytes += lengthBytes;
            double done = plannedBytes == 0 ? 1 : (double) readBytes / plannedBytes;
            progress.update(readBytes, Math.min(1, done));
            read = readBytes;
            seconds = progress.seconds();
        }
        throttle.await(read, seconds);
    }

    @Override
    public synchronized void found(Finding finding) {
        if (findingCount++ >= MAX_FINDINGS) {
            return;
        }
        findings.add(finding);
        if (!json) {
            progress.clear();
            out.println(word(finding) + ": " + finding.problem());
            finding.lostLines().forEach(lost -> out.println("  lost: " + lost));
            out.flush();
        }
    }

    private static String word(Finding finding) {
        return switch (finding.kind()) {
            case DATA -> "damaged";
            case INDEX -> "index";
            case NOTE -> "noted";
        };
    }

    @Override
    public synchronized void noted(String note) {
        notes.add(note);
        if (!json) {
            progress.clear();
            out.println("note: " + note);
            out.flush();
        }
    }

    /** Ends the report; returns the exit code. */
    synchronized int end(CheckCounts counts) throws IOException {
        progress.clear();
        double seconds = progress.seconds();
        if (json) {
            out.println(
                    JSON.writeValueAsString(
                            new Json(
                                    findingCount == 0,
                                    findingCount,
                                    findings,
                                    notes,
                                    counts,
                                    seconds)));
        } else {
            out.println(summary(counts, seconds));
        }
        out.flush();
        return findingCount == 0 ? CheckCommands.FINE : CheckCommands.DAMAGED;
    }

    private String summary(CheckCounts counts, double seconds) {
        String result =
                findingCount == 0
                        ? "no damage"
                        : findingCount == 1 ? "1 FINDING" : findingCount + " FINDINGS";
        return String.format(
                Locale.ROOT,
                "%s: %d buckets, %,d segments, %,d frames, %,d events%s, %,.1f MB read in %.1f s",
                result,
                counts.buckets(),
                counts.segments(),
                counts.frames(),
                counts.events(),
                counts.streams() == 0 ? "" : String.format(", %,d streams", counts.streams()),
                readBytes / 1e6,
                seconds);
    }

    /** What is printed for programs. */
    private record Json(
            boolean clean,
            long findingCount,
            List<Finding> findings,
            List<String> notes,
            CheckCounts checked,
            double seconds) {}
}
