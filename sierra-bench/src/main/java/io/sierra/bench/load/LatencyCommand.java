package io.sierra.bench.load;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Appends at a fixed rate, each event with the time at which it was sent in its payload, and takes
 * the time until the reply and until the push.
 */
@Command(
        name = "latency",
        description = "Append to reply and append to push, in microseconds: p50 p99 p99.9.")
final class LatencyCommand implements Callable<Integer> {
    private static final double WARM_UP = 0.2;

    @Option(names = "--port", required = true)
    int port;

    @Option(names = "--rate", required = true, description = "Appends per second.")
    int rate;

    @Option(names = "--subscribers", defaultValue = "1")
    int subscribers;

    @Option(names = "--seconds", defaultValue = "10")
    int seconds;

    @Option(names = "--stream", defaultValue = "latency")
    String stream = "latency";

    @Override
    public Integer call() throws Exception {
        int count = rate * seconds;
        List<RespSocket> sockets = new ArrayList<>();
        List<long[]> pushed = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < subscribers; i++) {
            RespSocket socket = new RespSocket(port);
            socket.call("HELLO", "3");
            socket.call("ESUB", stream, "FROM", "LATEST", "WINDOW", "1000000000");
            long[] times = new long[count];
            sockets.add(socket);
            pushed.add(times);
            threads.add(Thread.ofPlatform().start(() -> receive(socket, times)));
        }
        long[] replies = append(count);
        for (Thread thread : threads) {
            thread.join();
        }
        for (RespSocket socket : sockets) {
            socket.close();
        }
        report(replies, pushed);
        return 0;
    }

    private static void receive(RespSocket socket, long[] times) {
        try {
            byte confirmation = socket.next();
            assert confirmation == '>';
            for (int i = 0; i < times.length; i++) {
                socket.next();
                times[i] = System.nanoTime() - socket.lastBulkNumber();
            }
        } catch (IOException e) {
            throw new IllegalStateException("a subscriber failed", e);
        }
    }

    private long[] append(int count) throws Exception {
        long[] replies = new long[count];
        long[] sent = new long[count];
        try (RespSocket socket = new RespSocket(port)) {
            Thread reader =
                    Thread.ofPlatform()
                            .start(() -> {
                                try {
                                    for (int i = 0; i < count; i++) {
                                        socket.nextReply();
                                        replies[i] = System.nanoTime() - sent[i];
                                    }
                                } catch (IOException e) {
                                    throw new IllegalStateException("appends failed", e);
                                }
                            });
            String filler = "x".repeat(112);
            long interval = 1_000_000_000L / rate;
            long next = System.nanoTime() + interval;
            for (int i = 0; i < count; i++, next += interval) {
                long left = next - System.nanoTime();
                if (left > 0) {
                    LockSupport.parkNanos(left);
                }
                // The sender waits for no reply, so a slow server cannot make it send later.
                long now = System.nanoTime();
                sent[i] = now;
                socket.put("EAPPEND", stream, "E", "PAYLOAD", "%016d".formatted(now) + filler);
                socket.flush();
            }
            reader.join();
        }
        return replies;
    }

    private void report(long[] replies, List<long[]> pushed) {
        long[] pushes =
                pushed.stream().flatMapToLong(LatencyCommand::withoutWarmUp).sorted().toArray();
        long[] answered = withoutWarmUp(replies).sorted().toArray();
        System.out.printf(
                "%d appends/s, %d subscribers: reply %s, push %s%n",
                rate, subscribers, percentiles(answered), percentiles(pushes));
    }

    private static LongStream withoutWarmUp(long[] times) {
        return Arrays.stream(times, (int) (times.length * WARM_UP), times.length);
    }

    private static String percentiles(long[] sorted) {
        return "%.0f %.0f %.0f".formatted(at(sorted, 0.5), at(sorted, 0.99), at(sorted, 0.999));
    }

    private static double at(long[] sorted, double part) {
        return sorted[(int) Math.min(sorted.length - 1L, (long) (sorted.length * part))] / 1e3;
    }
}
