package io.sierra.storage;

import io.sierra.storage.check.CheckListener;
import io.sierra.storage.check.Finding;
import io.sierra.storage.check.StoreCheck;
import io.sierra.storage.check.StoreFiles;
import io.sierra.storage.io.Device;
import java.io.IOException;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What a check of a store said. */
final class Heard implements CheckListener {
    final ConcurrentLinkedQueue<Finding> findings = new ConcurrentLinkedQueue<>();
    final ConcurrentLinkedQueue<String> notes = new ConcurrentLinkedQueue<>();

    static Heard ofVerify(Device device) throws IOException {
        Heard heard = new Heard();
        new StoreCheck(StoreFiles.open(device), heard).verify(1);
        return heard;
    }

    static Heard ofScrub(Device device) throws IOException {
        Heard heard = new Heard();
        new StoreCheck(StoreFiles.open(device), heard).scrub();
        return heard;
    }

    @Override
    public void read(long lengthBytes) {}

    @Override
    public void found(Finding finding) {
        findings.add(finding);
    }

    @Override
    public void noted(String note) {
        notes.add(note);
    }
}
