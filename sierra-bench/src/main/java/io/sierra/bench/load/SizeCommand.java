package io.sierra.bench.load;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Asks servers whose stores {@link SizeFillCommand} has filled for things at random places, many
 * requests under way, so that the servers and not the way to them are measured. They are asked in
 * turns, round by round: a machine that is slower for a while is slower for all of them.
 */
@Command(
        name = "size",
        description =
                "Requests/s of each kind of request, one line each: name, median for each store.")
final class SizeCommand implements Callable<Integer> {
    @Option(
            names = "--store",
            required = true,
            description = "PORT:EVENTS of a server, events as size-fill has printed. Repeatable.")
    List<String> stores = List.of();

    @Option(names = "--partitions", defaultValue = "32")
    int partitions;

    @Option(
            names = "--hold",
            description =
                    "Directory of files to keep in memory meanwhile: some systems take back what no"
                            + " program has mapped, however much memory is free. Repeatable.")
    List<Path> held = List.of();

    @Option(names = "--rounds", defaultValue = "15")
    int rounds;

    @Option(names = "--reads", defaultValue = "20000", description = "Of each kind and round.")
    int reads;

    @Option(names = "--appends", defaultValue = "10000", description = "Of each kind and round.")
    int appends;

    @Option(
            names = "--warm-up",
            defaultValue = "3",
            description =
                    "Rounds before those that count. Each block of an index is verified once.")
    int warmUp;

    @Option(
            names = "--warm-up-appends",
            defaultValue = "100000",
            description =
                    "Of each kind, before appends are measured and after reads were. Compilers work"
                            + " for longer than one thinks.")
    int warmUpAppends;

    @Option(
            names = "--settle",
            defaultValue = "20",
            description = "Seconds behind these, for merges that they have made due.")
    int settleSeconds;

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

    /** Makes one request for a store with so many events. */
    private interface Request {
        String[] next(long events);
    }

    private record Store(RespSocket server, long events) {}

    @Override
    public Integer call() throws IOException {
        List<Store> connected = new ArrayList<>();
        try (HeldFiles _ = HeldFiles.of(held)) {
            for (String store : stores) {
                String[] parts = store.split(":", 2);
                RespSocket server = new RespSocket(Integer.parseInt(parts[0]));
                connected.add(new Store(server, Long.parseLong(parts[1])));
                server.call("HELLO", "3");
            }
            measure(connected);
        } finally {
            for (Store store : connected) {
                store.server().close();
            }
        }
        if (refusals > 0) {
            System.err.println(refusals + " requests were refused");
        }
        return 0;
    }

    /** Reads first, since appends make the stores larger. */
    private void measure(List<Store> connected) throws IOException {
        Map<String, Request> readRequests = new LinkedHashMap<>();
        readRequests.put("ESVER", this::version);
        readRequests.put("EGET of an old event", this::get);
        readRequests.put("EGET of an unknown id", this::getUnknown);
        readRequests.put("ESCAN, first page", this::scanStream);
        readRequests.put("EPSCAN from the middle", this::scanPartition);
        readRequests.keySet().removeIf(name -> !name.contains(only));
        for (int i = 0; i < warmUp; i++) {
            rates(connected, readRequests, reads, 1);
        }
        Map<String, Request> appendRequests = new LinkedHashMap<>();
        appendRequests.put("append to an existing stream", this::append);
        appendRequests.put("append to a new stream, empty", this::appendToNew);
        appendRequests.put("append with a new EVENT_ID", this::appendWithId);
        appendRequests.keySet().removeIf(name -> !name.contains(only));
        print(rates(connected, readRequests, reads, rounds));
        rates(connected, appendRequests, warmUpAppends, 1);
        LockSupport.parkNanos(
                appendRequests.isEmpty() ? 0 : TimeUnit.SECONDS.toNanos(settleSeconds));
        print(rates(connected, appendRequests, appends, rounds));
    }

    /** For each kind of request the median rate of each store. */
    private Map<String, List<Double>> rates(
            List<Store> connected, Map<String, Request> requests, int count, int roundCount)
            throws IOException {
        Map<String, List<Double>> medians = new LinkedHashMap<>();
        for (Map.Entry<String, Request> request : requests.entrySet()) {
            List<List<Double>> byStore = new ArrayList<>();
            connected.forEach(_ -> byStore.add(new ArrayList<>()));
            for (int round = 0; round < roundCount; round++) {
                for (int i = 0; i < connected.size(); i++) {
                    byStore.get(i).add(run(connected.get(i), request.getValue(), count));
                }
            }
            medians.put(request.getKey(), byStore.stream().map(SizeCommand::median).toList());
        }
        return medians;
    }

    private static void print(Map<String, List<Double>> medians) {
        medians.forEach((name, rates) -> {
            StringBuilder line = new StringBuilder(name);
            rates.forEach(rate -> line.append('|').append(Math.round(rate)));
            System.out.println(line);
        });
    }

    /** Sends so many and returns how many per second were answered. */
    private double run(Store store, Request request, int count) throws IOException {
        RespSocket server = store.server();
        long start = System.nanoTime();
        int sent = 0;
        int answered = 0;
        while (answered < count) {
            while (sent < count && sent - answered < inFlight) {
                server.put(request.next(store.events()));
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

    private String[] append(long events) {
        return new String[] {"EAPPEND", anyStream(events), "OrderPaid", "PAYLOAD", payload};
    }

    private String[] appendToNew(long events) {
        String stream = "new-" + run + "-" + appended++;
        return new String[] {
            "EAPPEND", stream, "OrderPlaced", "EXPECTED_VERSION", "empty", "PAYLOAD", payload
        };
    }

    private String[] appendWithId(long events) {
        String id = new UUID(random.nextLong(), random.nextLong()).toString();
        return new String[] {
            "EAPPEND", anyStream(events), "OrderPaid", "EVENT_ID", id, "PAYLOAD", payload
        };
    }

    private String[] version(long events) {
        return new String[] {"ESVER", anyStream(events)};
    }

    private String[] get(long events) {
        return new String[] {"EGET", Population.eventId(random.nextLong(events)).toString()};
    }

    private String[] getUnknown(long events) {
        return new String[] {
            "EGET", Population.eventId(events + random.nextLong(1L << 40)).toString()
        };
    }

    private String[] scanStream(long events) {
        return new String[] {"ESCAN", anyStream(events), "-", "+", "COUNT", "100"};
    }

    private String[] scanPartition(long events) {
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

    private String anyStream(long events) {
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
