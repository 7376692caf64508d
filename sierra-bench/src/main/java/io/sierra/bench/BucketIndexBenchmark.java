package io.sierra.bench;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Time of one look-up in the indexes of a bucket, which should not grow with the number of sealed
 * segments. The files are in the page cache.
 *
 * <p>{@code bench/jmh.sh BucketIndex}
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
@SuppressWarnings("NullAway.Init") // JMH calls open before anything else.
public class BucketIndexBenchmark {
    /** Sealed segments, each of ten thousand events. */
    @Param({"1", "10", "100", "1000"})
    public int segments;

    private FilledIndex index;

    /** Fills the segments. */
    @Setup(Level.Trial)
    public void open() throws IOException {
        index = new FilledIndex(segments);
    }

    /** Deletes the files. */
    @TearDown(Level.Trial)
    public void close() throws IOException {
        index.close();
    }

    /** Finds an event by its id. */
    @Benchmark
    public boolean findEvent() throws IOException {
        return index.findEvent();
    }

    /** Finds no event, as every append with a new id does. */
    @Benchmark
    public boolean findMissingEvent() throws IOException {
        return index.findMissingEvent();
    }

    /** Finds the version of a stream, as every append that expects one does. */
    @Benchmark
    public long lastStreamVersion() throws IOException {
        return index.lastStreamVersion();
    }
}
