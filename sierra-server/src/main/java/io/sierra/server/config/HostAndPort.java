package io.sierra.server.config;

/**
 * Where to listen or to connect.
 *
 * @param host a name or an address, an IPv6 one without brackets
 * @param port 0 to 65535; 0 lets the system choose when listening
 */
public record HostAndPort(String host, int port) {

    /**
     * Reads {@code host:port} or {@code [v6 address]:port}.
     *
     * @throws IllegalArgumentException if it has another form
     */
    public static HostAndPort parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon <= 0) {
            throw new IllegalArgumentException("no port: " + text);
        }
        String host = text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.contains(":")) {
            throw new IllegalArgumentException("IPv6 addresses go into brackets: " + text);
        }
        int port = Integer.parseInt(text.substring(colon + 1));
        if (host.isBlank() || port < 0 || port > 65_535) {
            throw new IllegalArgumentException(text);
        }
        return new HostAndPort(host, port);
    }

    @Override
    public String toString() {
        return host.contains(":") ? "[" + host + "]:" + port : host + ":" + port;
    }
}
