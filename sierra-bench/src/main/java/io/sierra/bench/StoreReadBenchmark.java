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
 * Time of reading a stream that has events in every segment of a bucket, from the index to the
 * frames; it should not grow with the number of segments. The files are in the page cache.
 *
 * <p>{@code bench/jmh.sh StoreRead}
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
@SuppressWarnings("NullAway.Init") // JMH calls open before anything else.
public class StoreReadBenchmark {
    /** Sealed segments. */
    @Param({"1", "10", "100", "1000"})
    public int segments;

    private FilledStore store;

    /** Fills the segments. */
    @Setup(Level.Trial)
    public void open() throws IOException {
        store = new FilledStore(segments);
    }

    /** Deletes the files. */
    @TearDown(Level.Trial)
    public void close() throws IOException {
        store.close();
    }

    /** Version of a stream, as ESVER answers it. */
    @Benchmark
    public long streamVersion() throws IOException {
        return store.streamVersion();
    }

    /** A stream's first hundred events, as the first page of ESCAN. */
    @Benchmark
    public long firstPage() throws IOException {
        return store.firstPage();
    }
}
