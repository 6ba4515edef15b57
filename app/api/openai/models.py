"""GET /models: the personas as models, and one that lets the router choose among them."""

from litestar import get
from litestar.params import FromPath

from app.api.openai.errors import InvalidParam
from app.api.v21.parts import Caller, CataloguePart
from schemas.codes import Code
from schemas.openai import Model, ModelList
from sessions.personas.catalogue import Catalogue

__all__ = ["ROUTED", "model_of", "models", "one_model", "persona_of"]

ROUTED = "ion"
_CREATED = 1_767_225_600


def persona_of(model: str, catalogue: Catalogue) -> str | None:
    """Return the persona that a model names, None for the routed one; raises InvalidParam."""
    if model == ROUTED:
        return None
    family, _, persona = model.partition("-")
    if family != ROUTED or persona not in catalogue:
        raise InvalidParam("model", f"there is no model {model[:64]!r}", code=Code.NOT_FOUND)
    return persona


def model_of(persona: str) -> str:
    """Return the model that is a persona."""
    return f"{ROUTED}-{persona}" if persona else ROUTED


@get("/models")
async def models(user_id: Caller, catalogue: CataloguePart) -> ModelList:
    """Return all models, the routed one first."""
    ids = [ROUTED, *map(model_of, catalogue.ids)]
    return ModelList(data=tuple(Model(id=each, created=_CREATED) for each in ids))


@get("/models/{model:str}")
async def one_model(model: FromPath[str], user_id: Caller, catalogue: CataloguePart) -> Model:
    """Return one model."""
    persona_of(model, catalogue)
    return Model(id=model, created=_CREATED)
