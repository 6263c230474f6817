package io.moraine.dataset.content;

import io.moraine.content.store.ObjectStoreException;
import io.moraine.kit.problem.ProblemMapper;
import io.moraine.kit.problem.RequestProblem;
import jakarta.ws.rs.core.Response;
import java.util.UUID;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Says of a bucket that does not do what was asked whether it is worth trying again. */
class BucketMapper {
  private static final Logger LOG = Logger.getLogger(BucketMapper.class);

  @ServerExceptionMapper
  public Response failed(ObjectStoreException e) {
    String id = UUID.randomUUID().toString();
    LOG.errorf(e, "Fault %s", id);
    return ProblemMapper.answer(
        e.isRetryable()
            ? new RequestProblem.Unavailable("The storage provider's bucket")
            : new RequestProblem.Fault(id));
  }
}
