package io.sierra.storage.concurrent;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** State of this type belongs to one thread; others reach it through {@link Published} fields. */
@Documented
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
public @interface OwnedBy {
    /** The owning thread's role. */
    Role value();

    /** Threads that own state. */
    enum Role {
        /** The one thread that writes a bucket's files. */
        BUCKET,
        /** The thread that writes and merges sealed indexes. */
        INDEX_MAINTENANCE,
        /** A connection's event loop. */
        EVENT_LOOP
    }
}
