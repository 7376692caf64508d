package io.sierra.server.info;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/** What the server counts: connections, errors, and through its event loops commands and bytes. */
public final class ServerMetrics {
    private static final int LONGEST_ERROR_CODE = 32;

    private final List<String> commandNames;
    private final List<LoopMetrics> loops;
    private final AtomicInteger connected = new AtomicInteger();
    private final LongAdder accepted = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final Map<String, LongAdder> errors = new ConcurrentHashMap<>();
    private final NamesInUse channels = new NamesInUse();
    private final NamesInUse patterns = new NamesInUse();
    private volatile long commandsPerSecond;
    private long commandsAtLastTick;

    /**
     * Nothing counted yet.
     *
     * @param commandNames in lower case; a command is known by its index in this list
     */
    public ServerMetrics(List<String> commandNames, int loopCount) {
        this.commandNames = List.copyOf(commandNames);
        this.loops =
                Stream.generate(() -> new LoopMetrics(commandNames.size()))
                        .limit(loopCount)
                        .toList();
    }

    /** Where event loop number {@code index} counts. */
    public LoopMetrics loop(int index) {
        return loops.get(index);
    }

    /** Counts a new connection, unless {@code limit} are open already; whether it did. */
    public boolean tryConnect(int limit) {
        accepted.increment();
        if (connected.incrementAndGet() <= limit) {
            return true;
        }
        connected.decrementAndGet();
        refused.increment();
        return false;
    }

    /** A connection that {@link #tryConnect} let in is closed. */
    public void onDisconnected() {
        connected.decrementAndGet();
    }

    /** How many connections are open. */
    public int connected() {
        return connected.get();
    }

    /** An error with this text, its code first, went to a client. */
    public void onError(String text) {
        int space = text.indexOf(' ');
        String code = space < 0 ? text : text.substring(0, space);
        if (code.length() <= LONGEST_ERROR_CODE) {
            errors.computeIfAbsent(code, _ -> new LongAdder()).increment();
        }
    }

    /** Channels that clients listen to. */
    public NamesInUse channels() {
        return channels;
    }

    /** Patterns of channels that clients listen to. */
    public NamesInUse patterns() {
        return patterns;
    }

    /** A second has passed. Called by one thread. */
    public void onSecond() {
        long now = commands();
        commandsPerSecond = now - commandsAtLastTick;
        commandsAtLastTick = now;
    }

    /** Forgets what was counted by command and by error code: {@code CONFIG RESETSTAT}. */
    public void reset() {
        loops.forEach(LoopMetrics::reset);
        errors.clear();
    }

    long accepted() {
        return accepted.sum();
    }

    long refused() {
        return refused.sum();
    }

    long commands() {
        return loops.stream().mapToLong(LoopMetrics::commands).sum();
    }

    long commandsPerSecond() {
        return commandsPerSecond;
    }

    long inputBytes() {
        return loops.stream().mapToLong(LoopMetrics::inputBytes).sum();
    }

    long outputBytes() {
        return loops.stream().mapToLong(LoopMetrics::outputBytes).sum();
    }

    /** Counts by error code. */
    Map<String, Long> errors() {
        Map<String, Long> counts = new TreeMap<>();
        errors.forEach((code, count) -> counts.put(code, count.sum()));
        return counts;
    }

    /** Counts of the commands that were used, by name. */
    Map<String, CommandMetrics.Totals> commandTotals() {
        Map<String, CommandMetrics.Totals> used = new TreeMap<>();
        for (int command = 0; command < commandNames.size(); command++) {
            CommandMetrics.Totals totals = new CommandMetrics.Totals();
            for (LoopMetrics loop : loops) {
                loop.addTo(command, totals);
            }
            if (!totals.isEmpty()) {
                used.put(commandNames.get(command), totals);
            }
        }
        return used;
    }
}
