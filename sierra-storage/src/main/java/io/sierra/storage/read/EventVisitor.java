package io.sierra.storage.read;

/** Takes the events of a read, one after the other. */
@FunctionalInterface
public interface EventVisitor {

    /**
     * Takes one event; {@code event} is valid only during the call.
     *
     * @return whether to go on; false ends the read after this event
     */
    boolean onEvent(EventView event);
}
