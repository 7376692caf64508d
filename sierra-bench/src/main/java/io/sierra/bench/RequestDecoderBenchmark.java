package io.sierra.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sierra.server.resp.Arguments;
import io.sierra.server.resp.ProtocolException;
import io.sierra.server.resp.RequestDecoder;
import io.sierra.server.resp.RespLimits;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Time to take one request out of the bytes of a connection that pipelines.
 *
 * <p>{@code bench/jmh.sh RequestDecoder}
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class RequestDecoderBenchmark {
    private static final int PIPELINED = 100;

    /** What is asked, and for an append the bytes of its payload. */
    @Param({"PING", "EAPPEND 128", "EAPPEND 4096"})
    public String request = "";

    private final RequestDecoder decoder = new RequestDecoder(RespLimits.DEFAULT);
    private ByteBuf bytes = Unpooled.EMPTY_BUFFER;

    /** Writes a hundred requests, as a client that pipelines would. */
    @Setup
    public void writeRequests() {
        String[] parts = request.split(" ", 2);
        String text = parts.length == 1 ? array("PING") : append(Integer.parseInt(parts[1]));
        bytes = Unpooled.directBuffer();
        bytes.writeCharSequence(text.repeat(PIPELINED), StandardCharsets.US_ASCII);
    }

    /** Decodes one request. */
    @Benchmark
    public @Nullable Arguments decode() throws ProtocolException {
        if (!bytes.isReadable()) bytes.readerIndex(0);
        return decoder.decode(bytes);
    }

    private static String append(int payloadBytes) {
        return array(
                "EAPPEND",
                "stream:000000001234",
                "UserCreated",
                "PAYLOAD",
                "x".repeat(payloadBytes));
    }

    private static String array(String... elements) {
        StringBuilder text = new StringBuilder("*" + elements.length + "\r\n");
        for (String element : elements) {
            text.append('$').append(element.length()).append("\r\n").append(element).append("\r\n");
        }
        return text.toString();
    }
}
