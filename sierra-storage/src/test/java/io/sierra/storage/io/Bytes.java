package io.sierra.storage.io;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Short texts into and out of files. */
final class Bytes {
    private Bytes() {}

    static ByteBuffer of(String text) {
        return StandardCharsets.US_ASCII.encode(text);
    }

    static String read(DeviceFile file, long fileOffset, int lengthBytes) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(lengthBytes);
        file.read(target, fileOffset);
        return StandardCharsets.US_ASCII.decode(target.flip()).toString();
    }

    static String of(MemorySegment segment) {
        return new String(segment.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.US_ASCII);
    }

    static void createFile(Device device, String path, String text) throws IOException {
        try (DeviceFile file = device.create(path)) {
            file.write(of(text), 0);
        }
    }

    static String readFile(Device device, String path) throws IOException {
        try (DeviceFile file = device.openForReading(path)) {
            return read(file, 0, Math.toIntExact(file.size()));
        }
    }
}
