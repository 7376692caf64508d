package io.sierra.bench.load;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
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

    @Option(
            names = "--streams",
            defaultValue = "1",
            description = "Appends go to so many streams in turn; subscribers see the first.")
    int streams;

    @Option(names = "--payload-bytes", defaultValue = "128")
    int payloadBytes;

    @Option(
            names = "--others",
            defaultValue = "0",
            description = "Further subscriptions, each to a stream of its own that stays empty.")
    int others;

    @Override
    public Integer call() throws Exception {
        try (RespSocket idle = new RespSocket(port)) {
            idle.call("HELLO", "3");
            for (int i = 0; i < others; i++) {
                idle.call("ESUB", stream + "-other-" + i);
            }
            return measure();
        }
    }

    private int measure() throws Exception {
        try (Selector selector = Selector.open()) {
            measure(selector);
        }
        return 0;
    }

    private void measure(Selector selector) throws Exception {
        int count = rate * seconds;
        List<Listener> listeners = new ArrayList<>();
        for (int i = 0; i < subscribers; i++) {
            long[] times = new long[Math.ceilDiv(count, streams)];
            Listener listener = new Listener(new RespSocket(port), times);
            listener.subscribe(stream + "-0");
            listener.socket.register(selector, listener);
            listeners.add(listener);
        }
        FutureTask<Integer> receiving = new FutureTask<>(() -> receive(selector, listeners.size()));
        Thread.ofPlatform().start(receiving);
        long[] replies = append(count);
        receiving.get();
        for (Listener listener : listeners) {
            listener.socket.close();
        }
        report(replies, listeners.stream().map(Listener::times).toList());
    }

    /** One thread takes in for all, as it would be in a program with many subscriptions. */
    private static int receive(Selector selector, int listeners) throws IOException {
        int unfinished = listeners;
        while (unfinished > 0) {
            selector.select();
            for (SelectionKey key : selector.selectedKeys()) {
                Listener listener = (Listener) key.attachment();
                if (listener.receive()) {
                    key.cancel();
                    unfinished--;
                }
            }
            selector.selectedKeys().clear();
        }
        return listeners;
    }

    /** One subscriber, and how long each of its events took. */
    private static final class Listener {
        private final RespSocket socket;
        private final long[] times;
        private int received;

        Listener(RespSocket socket, long[] times) {
            this.socket = socket;
            this.times = times;
        }

        void subscribe(String stream) throws IOException {
            socket.call("HELLO", "3");
            socket.call("ESUB", stream, "FROM", "LATEST", "WINDOW", "1000000000");
            byte confirmation = socket.next();
            assert confirmation == '>';
        }

        /** Takes in what is there; whether that was all there will be. */
        boolean receive() throws IOException {
            do {
                byte push = socket.next();
                assert push == '>';
                times[received++] = System.nanoTime() - socket.lastBulkNumber();
            } while (socket.hasInput());
            return received == times.length;
        }

        long[] times() {
            return times;
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
            String filler = "x".repeat(Math.max(0, payloadBytes - 16));
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
                String target = stream + "-" + i % streams;
                socket.put("EAPPEND", target, "E", "PAYLOAD", "%016d".formatted(now) + filler);
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
                "%d appends/s, %d subscribers, %d to other streams: reply %s%s%n",
                rate,
                subscribers,
                others,
                percentiles(answered),
                subscribers == 0 ? "" : ", push " + percentiles(pushes));
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
