package io.sierra.server.cli;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads RESP values off a buffered stream. */
final class RespReader {
    private final InputStream in;

    RespReader(InputStream in) {
        this.in = in;
    }

    /**
     * Blocks until the next value is complete.
     *
     * @throws EOFException if the other side has closed the connection
     */
    RespValue read() throws IOException {
        int type = in.read();
        String line = type < 0 ? "" : readLine();
        return switch (type) {
            case -1 -> throw new EOFException("the connection was closed");
            case '+', ',', '(' -> new RespValue.Text(line.getBytes(StandardCharsets.UTF_8));
            case '-' -> new RespValue.Failed(line);
            case ':' -> new RespValue.Int(Long.parseLong(line));
            case '#' -> new RespValue.Bool(line.equals("t"));
            case '_' -> new RespValue.Null();
            case '$' -> bulk(Integer.parseInt(line));
            case '*', '~' -> array(Integer.parseInt(line));
            case '%' -> dictionary(Integer.parseInt(line));
            default -> throw new IOException("not RESP: byte " + type);
        };
    }

    private RespValue bulk(int length) throws IOException {
        if (length < 0) {
            return new RespValue.Null();
        }
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("the connection was closed within a reply");
        }
        readLine();
        return new RespValue.Text(bytes);
    }

    private RespValue array(int length) throws IOException {
        List<RespValue> elements = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            elements.add(read());
        }
        return new RespValue.Array(elements);
    }

    private RespValue dictionary(int length) throws IOException {
        Map<String, RespValue> entries = new LinkedHashMap<>();
        for (int i = 0; i < length; i++) {
            String key = read().toString();
            entries.put(key, read());
        }
        return new RespValue.Dictionary(entries);
    }

    private String readLine() throws IOException {
        var line = new java.io.ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the connection was closed within a reply");
            }
            line.write(next);
        }
        String text = line.toString(StandardCharsets.UTF_8);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }
}
