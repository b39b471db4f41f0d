// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.soak;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import org.slf4j.LoggerFactory;

/**
 * Reads Evenkeel's warnings instead of printing them. Those that callers have earned are no finding: that a client was
 * closed while they called, and that a response was dropped where they do drop some. Elsewhere the garbage collector would
 * hide a connection that was lost.
 */
final class LogWatch extends AppenderBase<ILoggingEvent> implements AutoCloseable {

    private static final String CLOSED_IN_USE = "Client '{}' was closed while {} of its calls";
    private static final String DROPPED = "A response of {} for client '{}' was dropped";

    private final Findings findings;
    private final String droppedOf;
    private final Logger logger = (Logger) LoggerFactory.getLogger("io.evenkeel");
    private final Level level = this.logger.getLevel();

    /** @param droppedOf the origin of which callers drop responses */
    LogWatch(Findings findings, String droppedOf) {
        this.findings = findings;
        this.droppedOf = droppedOf;
        setContext(this.logger.getLoggerContext());
        start();
        this.logger.setLevel(Level.WARN);
        this.logger.setAdditive(false);
        this.logger.addAppender(this);
    }

    @Override
    protected void append(ILoggingEvent event) {
        if (!isEarned(event)) {
            this.findings.add(
                    Finding.WARNING,
                    event.getFormattedMessage() + "\n" + ThrowableProxyUtil.asString(event.getThrowableProxy()));
        }
    }

    private boolean isEarned(ILoggingEvent event) {
        String message = event.getMessage();
        return message.startsWith(CLOSED_IN_USE)
                || (message.startsWith(DROPPED) && this.droppedOf.equals(event.getArgumentArray()[0]));
    }

    @Override
    public void close() {
        this.logger.detachAppender(this);
        this.logger.setAdditive(true);
        this.logger.setLevel(this.level);
        stop();
    }
}
