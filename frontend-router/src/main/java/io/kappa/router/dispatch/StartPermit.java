package io.kappa.router.dispatch;

/** Leave to begin an invocation for as long as its place among those that may run is this router's to give. */
public interface StartPermit {

    /** {@link System#nanoTime} from which on no worker may begin it. */
    long startBefore();

    /**
     * Makes {@link #startBefore()} as late as it can be by now. Only for what has not begun.
     *
     * @return whether it may begin at all
     */
    boolean renew();
}
