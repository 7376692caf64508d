package io.sierra.server.info;

import io.sierra.cluster.Node;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;

/** The text of {@code INFO} in the shape and under the names that monitoring tools look for. */
public final class InfoReport {
    private static final Set<String> EVERYTHING = Set.of("all", "everything");
    private static final String DEFAULT = "default";

    private final List<Section> sections = new ArrayList<>();
    private final StoreInfo store;

    /** A report about a server with these facts and counts over this node. */
    public InfoReport(ServerFacts facts, ServerMetrics metrics, Node node) {
        RuntimeInfo runtime = new RuntimeInfo(facts);
        TrafficInfo traffic = new TrafficInfo(facts, metrics, node);
        store = new StoreInfo(facts, node);
        add("Server", true, runtime::server);
        add("Clients", true, traffic::clients);
        add("Memory", true, runtime::memory);
        add("Persistence", true, store::persistence);
        add("Stats", true, traffic::stats);
        add("Replication", true, store::replication);
        add("CPU", true, runtime::cpu);
        add("Commandstats", false, traffic::commandStats);
        add("Latencystats", false, traffic::latencyStats);
        add("Errorstats", true, traffic::errorStats);
        add("Cluster", true, store::cluster);
        add("Partitions", false, store::partitions);
        add("Keyspace", true, store::keyspace);
    }

    /**
     * Text of the sections with these names, in any case. No name is {@code default}; {@code all}
     * and {@code everything} are all; unknown names add nothing.
     */
    public String text(Collection<String> names) {
        List<String> wanted =
                names.isEmpty()
                        ? List.of(DEFAULT)
                        : names.stream().map(n -> n.toLowerCase(Locale.ROOT)).toList();
        InfoWriter out = new InfoWriter();
        for (Section section : sections) {
            if (section.isAmong(wanted)) {
                out.section(section.title);
                section.body.accept(out);
            }
        }
        return out.toString();
    }

    /**
     * Does what takes long the first time: loads the platform's management and begins to watch the
     * garbage collector.
     */
    public void warmUp() {
        GcPauses.ofThisProcess();
        text(EVERYTHING);
    }

    /** Number of confirmed events in all partitions. */
    public long events() {
        return store.events();
    }

    private void add(String title, boolean byDefault, Consumer<InfoWriter> body) {
        sections.add(new Section(title, byDefault, body));
    }

    private record Section(String title, boolean byDefault, Consumer<InfoWriter> body) {
        boolean isAmong(List<String> names) {
            return names.contains(title.toLowerCase(Locale.ROOT))
                    || names.stream().anyMatch(EVERYTHING::contains)
                    || (byDefault && names.contains(DEFAULT));
        }
    }
}
