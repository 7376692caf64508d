package io.sierra.server.info;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sections about the process: {@code Server}, {@code Memory} and {@code CPU}. */
final class RuntimeInfo {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
    private static final long KIBIBYTE = 1024;
    private static final String[] UNITS = {"B", "K", "M", "G", "T"};

    private final ServerFacts facts;

    RuntimeInfo(ServerFacts facts) {
        this.facts = facts;
    }

    void server(InfoWriter out) {
        long uptimeSeconds =
                TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - facts.startedAtNanos());
        out.field("redis_version", ServerFacts.REDIS_VERSION);
        out.field("sierradb_version", ServerFacts.productVersion());
        out.field("sierradb_wire_version", ServerFacts.WIRE_VERSION);
        out.field("redis_mode", "standalone");
        out.field("os", property("os.name") + " " + property("os.version"));
        out.field("arch_bits", 64);
        out.field("multiplexing_api", facts.ioModel());
        out.field("java_version", Runtime.version().toString());
        out.field("java_vm", property("java.vm.name"));
        out.field("processors", Runtime.getRuntime().availableProcessors());
        out.field("process_id", ProcessHandle.current().pid());
        out.field("open_file_descriptors", openFileDescriptors());
        out.field("run_id", facts.runId());
        out.field("tcp_port", facts.tcpPort().getAsInt());
        out.field("server_time_usec", TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis()));
        out.field("uptime_in_seconds", uptimeSeconds);
        out.field("uptime_in_days", TimeUnit.SECONDS.toDays(uptimeSeconds));
        out.field("executable", ProcessHandle.current().info().command().orElse(""));
    }

    void memory(InfoWriter out) {
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        long direct =
                poolBytes("direct") + PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
        long used = heap.getUsed() + direct;
        long resident = residentBytes(used);
        out.field("used_memory", used);
        out.field("used_memory_human", human(used));
        out.field("used_memory_rss", resident);
        out.field("used_memory_rss_human", human(resident));
        out.field("used_memory_peak", heapPeak() + direct);
        out.field("maxmemory", 0);
        out.field("maxmemory_policy", "noeviction");
        out.field("heap_used", heap.getUsed());
        out.field("heap_committed", heap.getCommitted());
        out.field("heap_max", heap.getMax());
        out.field("direct_used", direct);
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            String name = collector.getName().toLowerCase(Locale.ROOT).replace(' ', '_');
            out.field("gc_" + name + "_collections", collector.getCollectionCount());
            out.field("gc_" + name + "_millis", collector.getCollectionTime());
        }
        out.field("gc_longest_pause_millis", GcPauses.ofThisProcess().longestMillis());
    }

    void cpu(InfoWriter out) {
        long nanos =
                ManagementFactory.getOperatingSystemMXBean()
                                instanceof OperatingSystemMXBean platform
                        ? platform.getProcessCpuTime()
                        : 0;
        out.field("used_cpu_sys", "0.000000");
        out.field("used_cpu_user", String.format(Locale.ROOT, "%.6f", nanos / 1e9));
    }

    static String human(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= KIBIBYTE && unit < UNITS.length - 1) {
            value /= KIBIBYTE;
            unit++;
        }
        return unit == 0 ? bytes + "B" : String.format(Locale.ROOT, "%.2f%s", value, UNITS[unit]);
    }

    private static long heapPeak() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(p -> p.getType() == java.lang.management.MemoryType.HEAP)
                .map(MemoryPoolMXBean::getPeakUsage)
                .mapToLong(MemoryUsage::getUsed)
                .sum();
    }

    private static long poolBytes(String name) {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(p -> p.getName().equals(name))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    /** What the kernel says the process has in memory, or {@code otherwise} where it does not. */
    private static long residentBytes(long otherwise) {
        try {
            Matcher line = RESIDENT.matcher(Files.readString(STATUS));
            return line.find() ? Long.parseLong(line.group(1)) * KIBIBYTE : otherwise;
        } catch (IOException e) {
            return otherwise;
        }
    }

    private static long openFileDescriptors() {
        return ManagementFactory.getOperatingSystemMXBean()
                        instanceof UnixOperatingSystemMXBean platform
                ? platform.getOpenFileDescriptorCount()
                : -1;
    }

    private static String property(String name) {
        return System.getProperty(name, "");
    }
}
