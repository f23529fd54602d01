package io.kappa.router.api.function;

import io.netty.buffer.ByteBufInputStream;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.InputStream;

/** Reading a body where it lies: of 70 MB, one copy less. */
final class Bodies {

    static InputStream stream(Buffer body) {
        return new ByteBufInputStream(((BufferInternal) body).getByteBuf());
    }

    private Bodies() {}
}
