package io.kappa.mapper.queue;

/** Is told how a queue's mapping fares. Thread-safe, and quick. */
public interface QueueListener {
    /** A batch has ended. */
    void processed(String lastProcessingResult);

    /** The queue cannot be read, and will not be until somebody changes something. Nothing is read after this. */
    void broken(String reason);
}
