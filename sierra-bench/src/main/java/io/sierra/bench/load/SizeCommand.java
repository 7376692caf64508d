package io.sierra.bench.load;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Asks a server whose store {@link SizeFillCommand} has filled for things at random places, many
 * requests under way, so that the server and not the way to it is measured.
 */
@Command(
        name = "size",
        description = "Requests/s of each kind of request, one line each: name, median of rounds.")
final class SizeCommand implements Callable<Integer> {
    @Option(names = "--port", required = true)
    int port;

    @Option(names = "--events", required = true, description = "As size-fill has printed.")
    long events;

    @Option(names = "--partitions", defaultValue = "32")
    int partitions;

    @Option(names = "--rounds", defaultValue = "5")
    int rounds;

    @Option(names = "--reads", defaultValue = "20000", description = "Of each kind and round.")
    int reads;

    @Option(names = "--appends", defaultValue = "4000", description = "Of each kind and round.")
    int appends;

    @Option(
            names = "--warm-up",
            defaultValue = "3",
            description =
                    "Rounds before those that count. Each block of an index is verified once.")
    int warmUp;

    @Option(
            names = "--in-flight",
            defaultValue = "256",
            description = "Requests under way; with 1 it is the time that a client waits for one.")
    int inFlight;

    @Option(
            names = "--only",
            defaultValue = "",
            description = "Only kinds whose names contain this, for a profile of one of them.")
    String only = "";

    private final SplittableRandom random = new SplittableRandom(42);
    private final String payload = "x".repeat(100);
    private final String run = Long.toString(System.nanoTime(), 36);
    private long appended;
    private long refusals;

    /** Makes one request. */
    private interface Request {
        String[] next();
    }

    @Override
    public Integer call() throws IOException {
        Map<String, Request> requests = new LinkedHashMap<>();
        requests.put("append to an existing stream", this::append);
        requests.put("append to a new stream, empty", this::appendToNew);
        requests.put("append with a new EVENT_ID", this::appendWithId);
        requests.put("ESVER", this::version);
        requests.put("EGET of an old event", this::get);
        requests.put("EGET of an unknown id", this::getUnknown);
        requests.put("ESCAN, first page", this::scanStream);
        requests.put("EPSCAN from the middle", this::scanPartition);
        requests.keySet().removeIf(name -> !name.contains(only));
        try (RespSocket server = new RespSocket(port)) {
            server.call("HELLO", "3");
            warmUp(server, requests);
            measure(server, requests);
        }
        return 0;
    }

    /**
     * Appends in place of those that are measured are refused, so that the store stays as it is.
     */
    private void warmUp(RespSocket server, Map<String, Request> requests) throws IOException {
        for (int i = 0; i < warmUp; i++) {
            for (Map.Entry<String, Request> request : requests.entrySet()) {
                boolean isAppend = isAppend(request.getKey());
                run(server, isAppend ? this::refused : request.getValue(), reads);
            }
        }
    }

    /** Reads first, since appends make the store larger. */
    private void measure(RespSocket server, Map<String, Request> requests) throws IOException {
        Map<String, Double> medians = new LinkedHashMap<>();
        requests.keySet().forEach(name -> medians.put(name, 0.0));
        refusals = 0; // those of the warm-up were meant to be
        Map<Boolean, Map<String, Request>> kinds = new TreeMap<>();
        requests.forEach((name, request) ->
                kinds.computeIfAbsent(isAppend(name), _ -> new LinkedHashMap<>())
                        .put(name, request));
        for (Map<String, Request> kind : kinds.values()) {
            Map<String, List<Double>> rates = new LinkedHashMap<>();
            for (int round = 0; round < rounds; round++) {
                for (Map.Entry<String, Request> request : kind.entrySet()) {
                    int count = isAppend(request.getKey()) ? appends : reads;
                    rates.computeIfAbsent(request.getKey(), _ -> new ArrayList<>())
                            .add(run(server, request.getValue(), count));
                }
            }
            rates.forEach((name, values) -> medians.put(name, median(values)));
        }
        if (refusals > 0) {
            System.err.println(refusals + " requests were refused");
        }
        medians.forEach((name, rate) -> System.out.printf("%s|%.0f%n", name, rate));
    }

    private static boolean isAppend(String name) {
        return name.startsWith("append");
    }

    /** Sends so many and returns how many per second were answered. */
    private double run(RespSocket server, Request request, int count) throws IOException {
        long start = System.nanoTime();
        int sent = 0;
        int answered = 0;
        while (answered < count) {
            while (sent < count && sent - answered < inFlight) {
                server.put(request.next());
                sent++;
            }
            server.flush();
            // Half of them, so that the server always has some to work on.
            int wanted = Math.min(Math.ceilDiv(inFlight, 2), sent - answered);
            for (int i = wanted; i > 0; i--, answered++) {
                if (server.next() == '-') {
                    refusals++;
                }
            }
        }
        return count / ((System.nanoTime() - start) / 1e9);
    }

    private String[] append() {
        return new String[] {"EAPPEND", anyStream(), "OrderPaid", "PAYLOAD", payload};
    }

    private String[] appendToNew() {
        String stream = "new-" + run + "-" + appended++;
        return new String[] {
            "EAPPEND", stream, "OrderPlaced", "EXPECTED_VERSION", "empty", "PAYLOAD", payload
        };
    }

    private String[] appendWithId() {
        String id = new UUID(random.nextLong(), random.nextLong()).toString();
        return new String[] {
            "EAPPEND", anyStream(), "OrderPaid", "EVENT_ID", id, "PAYLOAD", payload
        };
    }

    private String[] refused() {
        return new String[] {
            "EAPPEND", anyStream(), "OrderPaid", "EXPECTED_VERSION", "1000000", "PAYLOAD", payload
        };
    }

    private String[] version() {
        return new String[] {"ESVER", anyStream()};
    }

    private String[] get() {
        return new String[] {"EGET", Population.eventId(random.nextLong(events)).toString()};
    }

    private String[] getUnknown() {
        return new String[] {
            "EGET", Population.eventId(events + random.nextLong(1L << 40)).toString()
        };
    }

    private String[] scanStream() {
        return new String[] {"ESCAN", anyStream(), "-", "+", "COUNT", "100"};
    }

    private String[] scanPartition() {
        long inPartition = events / partitions;
        long from = inPartition / 4 + random.nextLong(Math.max(1, inPartition / 2));
        return new String[] {
            "EPSCAN",
            Integer.toString(random.nextInt(partitions)),
            Long.toString(from),
            "+",
            "COUNT",
            "10"
        };
    }

    private String anyStream() {
        return Population.streamName(random.nextLong(new Population(events).streams()));
    }

    private static double median(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1
                ? sorted[middle]
                : Arrays.stream(sorted, middle - 1, middle + 1).average().orElseThrow();
    }
}
