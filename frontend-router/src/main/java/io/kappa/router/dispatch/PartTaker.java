package io.kappa.router.dispatch;

import io.vertx.core.buffer.Buffer;

/** Takes a result part by part while the function makes it. Called on the lane's event loop; the outcome follows the last part. */
public interface PartTaker {

    /** The result begins. Not called where it comes as a whole, or there is none: then the outcome is all there is. */
    void begin(String contentType, PartSource source);

    void part(Buffer part);

    /** Where the parts come from, held up while they cannot be taken: the function waits then. */
    interface PartSource {
        void pause();

        void resume();
    }
}
