"""What TensorBoard itself reads of the event files in a folder, as JSON: the points of each scalar as [step, value], and
of each picture the steps with its format and size, decoded.

    tensorboard_events.py FOLDER
"""
import io, json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from PIL import Image


def picture(event):
    image = Image.open(io.BytesIO(event.encoded_image_string))
    image.load()
    return {"step": event.step, "said": [event.width, event.height], "size": list(image.size), "format": image.format}


# No limits: by default it keeps a sample of what is there.
events = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0, "images": 0})
events.Reload()
tags = events.Tags()
json.dump({
    "scalars": {tag: [[event.step, event.value] for event in events.Scalars(tag)] for tag in tags["scalars"]},
    "images": {tag: [picture(event) for event in events.Images(tag)] for tag in tags["images"]},
}, sys.stdout)
