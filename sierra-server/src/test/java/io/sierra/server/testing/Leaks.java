package io.sierra.server.testing;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** Follows every buffer while it is open, and knows which were lost. */
public final class Leaks implements AutoCloseable {
    private final ResourceLeakDetector.Level levelBefore = ResourceLeakDetector.getLevel();
    private final Logger logger = (Logger) LoggerFactory.getLogger(ResourceLeakDetector.class);
    private final List<String> found = new CopyOnWriteArrayList<>();

    private final AppenderBase<ILoggingEvent> appender =
            new AppenderBase<>() {
                @Override
                protected void append(ILoggingEvent event) {
                    found.add(event.getFormattedMessage());
                }
            };

    /** Begins to watch. */
    public Leaks() {
        appender.start();
        logger.addAppender(appender);
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    }

    /** What was lost so far, each with where it was made. */
    public List<String> find() {
        for (int i = 0; i < 5; i++) {
            System.gc();
            // A leak is noticed when the next buffer is made.
            PooledByteBufAllocator.DEFAULT.buffer(1).release();
        }
        return List.copyOf(found);
    }

    @Override
    public void close() {
        ResourceLeakDetector.setLevel(levelBefore);
        logger.detachAppender(appender);
    }
}
