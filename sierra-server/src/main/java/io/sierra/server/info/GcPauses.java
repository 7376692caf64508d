package io.sierra.server.info;

import com.sun.management.GarbageCollectionNotificationInfo;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;

/** The longest pause of the garbage collector since the process was first asked for it. */
final class GcPauses {
    /** What collectors that work beside the program call the parts of which it notices nothing. */
    private static final String CONCURRENT = "Cycles";

    private final AtomicLong longestMillis = new AtomicLong();

    private GcPauses() {
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            if (!collector.getName().contains(CONCURRENT)
                    && collector instanceof NotificationEmitter emitter) {
                emitter.addNotificationListener((event, _) -> onEvent(event), null, null);
            }
        }
    }

    /** Those of this process; the first call begins to watch. */
    static GcPauses ofThisProcess() {
        return Holder.INSTANCE;
    }

    long longestMillis() {
        return longestMillis.get();
    }

    private void onEvent(Notification event) {
        if (event.getType()
                .equals(GarbageCollectionNotificationInfo.GARBAGE_COLLECTION_NOTIFICATION)) {
            long millis =
                    GarbageCollectionNotificationInfo.from((CompositeData) event.getUserData())
                            .getGcInfo()
                            .getDuration();
            longestMillis.accumulateAndGet(millis, Math::max);
        }
    }

    private static final class Holder {
        static final GcPauses INSTANCE = new GcPauses();
    }
}
