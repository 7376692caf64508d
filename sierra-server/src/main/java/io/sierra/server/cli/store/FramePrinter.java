package io.sierra.server.cli.store;

import io.sierra.storage.check.Damage;
import io.sierra.storage.segment.FrameReader;
import java.io.IOException;

/** Prints frames, events and damaged places of segment files. */
interface FramePrinter {

    /** A frame, without its events. */
    void frame(String file, FrameReader frame) throws IOException;

    /** The event that the frame stands at. */
    void event(String file, FrameReader frame) throws IOException;

    /** Bytes that do not verify. */
    void damage(String file, Damage damage) throws IOException;

    /** A file that should be there. */
    void missing(String file) throws IOException;

    /** Where the log of a file ends, and whether something that is no frame follows. */
    void end(String file, long fileOffset, boolean tornTail) throws IOException;
}
