package io.sierra.server.connection;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;

/**
 * How sockets are served.
 *
 * @param name as {@code INFO} shows it
 */
record IoModel(String name, IoHandlerFactory handlers, Class<? extends ServerChannel> channel) {
    /** The kernel's own where there is one, else the JDK's. */
    static IoModel best() {
        return Epoll.isAvailable()
                ? new IoModel("epoll", EpollIoHandler.newFactory(), EpollServerSocketChannel.class)
                : new IoModel("nio", NioIoHandler.newFactory(), NioServerSocketChannel.class);
    }
}
