"""What decides in the room: signatures, what is said, when it is said again, what a CRM's file looks like. Pure."""
